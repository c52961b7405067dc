import { describe, expect, it } from 'vitest';
import { graphOf, node } from '../../test/graphs.ts';
import { openModel, runStep } from '../../test/run-step.ts';
import { compileStep } from '../compile-step.ts';
import { floatTensor } from '../graph/tensor.ts';
import type { LossName, LossSettings } from './loss.ts';

/** y = x + b with b = 0: the gradient by b is the gradient of the loss by the output, and the loss is that of x. */
const shifted = (outputs: number) =>
  graphOf({
    input: [outputs],
    initializers: { b: floatTensor([outputs], new Array<number>(outputs).fill(0)) },
    nodes: [node('Add', ['x', 'b'], 'y')],
  });

async function lossAndSlope(loss: LossName, settings: LossSettings, x: number[], target: number[]) {
  const step = compileStep(shifted(x.length), { loss, batch: 1, private: true, ...settings });
  const { losses, sums } = await runStep(step, await openModel(step.model), {
    ...{ example: x, target, clipNorm: 1e6 },
    parameters: new Map([['b', x.map(() => 0)]]),
  });
  return { loss: losses[0]!, slope: sums.get('b')! };
}
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5) as number);

describe('huber', () => {
  // ½·d² within δ, δ·(|d| − ½·δ) beyond; by hand.
  it.each([
    [{}, 0.5, 0.125, 0.5],
    [{}, 3, 2.5, 1],
    [{}, -3, 2.5, -1],
    [{ huberDelta: 0.5 }, 3, 1.375, 0.5],
    [{ huberDelta: 4 }, 3, 4.5, 3],
  ])('%o at a distance of %d', async (settings, distance, loss, slope) => {
    const found = await lossAndSlope('huber', settings, [distance + 2], [2]);
    expect(found).toEqual({ loss: expect.closeTo(loss, 5) as number, slope: close([slope]) });
  });
});

describe('class weights', () => {
  it('multiply the loss of an example by the weight of its class', async () => {
    // softmax of (0, ln 3) is (¼, ¾).
    const of = (classWeights: number[] | undefined, label: number) =>
      lossAndSlope('softmax-cross-entropy', { classWeights }, [0, Math.log(3)], [label]);
    expect(await of(undefined, 1)).toEqual({
      loss: expect.closeTo(0.287682, 5) as number,
      slope: close([0.25, -0.25]),
    });
    expect(await of([1, 4], 1)).toEqual({ loss: expect.closeTo(1.150728, 5) as number, slope: close([1, -1]) });
    expect(await of([0.5, 4], 0)).toEqual({
      loss: expect.closeTo(0.693147, 5) as number,
      slope: close([-0.375, 0.375]),
    });
  });

  it('of two classes go with one output', async () => {
    // σ(ln 3) = ¾.
    const of = (target: number) =>
      lossAndSlope('binary-cross-entropy-with-logits', { classWeights: [2, 8] }, [Math.log(3)], [target]);
    expect((await of(1)).slope).toEqual(close([-2]));
    expect((await of(0)).slope).toEqual(close([1.5]));
    expect((await of(1)).loss).toBeCloseTo(8 * 0.287682, 4);
  });

  it('change nothing of how a label out of range is left out', async () => {
    const found = await lossAndSlope('softmax-cross-entropy', { classWeights: [1, 2] }, [0, 1], [5]);
    expect(found.slope).toEqual([0, 0]);
  });

  it('never raise what an example can add', async () => {
    const step = compileStep(shifted(2), {
      loss: 'softmax-cross-entropy',
      batch: 1,
      private: true,
      classWeights: [1e6, 1e6],
    });
    const { sums } = await runStep(step, await openModel(step.model), {
      ...{ example: [0, 1], target: [0], clipNorm: 0.5, parameters: new Map([['b', [0, 0]]]) },
    });
    expect(Math.hypot(...sums.get('b')!)).toBeCloseTo(0.5, 5);
  });
});

it.each<[LossName, LossSettings]>([
  ['softmax-cross-entropy', { classWeights: [1] }],
  ['softmax-cross-entropy', { classWeights: [1, 0] }],
  ['softmax-cross-entropy', { classWeights: [1, Number.NaN] }],
  ['softmax-cross-entropy', { huberDelta: 1 }],
  ['mean-squared-error', { classWeights: [1, 1] }],
  ['huber', { huberDelta: 0 }],
  ['huber', { huberDelta: Number.POSITIVE_INFINITY }],
])('settings that %s does not take are refused: %o', (loss, settings) => {
  expect(() => compileStep(shifted(2), { loss, batch: 1, private: true, ...settings })).toThrow(
    expect.objectContaining({ code: 'onnx.badRequest' }),
  );
});
