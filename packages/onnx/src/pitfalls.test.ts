import { describe, expect, it } from 'vitest';
import { wayOf } from '../test/both-ways.ts';
import { expectGradients, relativeError } from '../test/expect-gradients.ts';
import { goldenCases } from '../test/golden.ts';
import { between, graphOf, node } from '../test/graphs.ts';
import { randomNumbers } from '../test/random.ts';
import { openModel, runStep, type StepOutputs } from '../test/run-step.ts';
import { checkModel } from './check-model.ts';
import { compileStep } from './compile-step.ts';
import type { Graph } from './graph/graph.ts';
import { tensorValues } from './graph/tensor.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';

/** Mistakes that private training is known for, each with the test that would catch it here. */

const graph = newMlp({ inputs: 4, hidden: [6], outputs: 3, activation: 'tanh', seed: new Uint8Array([8]) });
const valuesOf = ({ initializers }: Graph) =>
  new Map([...initializers].map(([name, tensor]) => [name, tensorValues(tensor)]));

async function run(
  batch: number,
  given: { example: ArrayLike<number>; target: number[]; mask?: number[]; clipNorm: number },
): Promise<StepOutputs> {
  const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch, private: true });
  return runStep(step, await openModel(step.model), { ...given, parameters: valuesOf(graph) });
}

const flat = ({ sums }: StepOutputs): number[] => [...sums.values()].flat();
const numbers = randomNumbers(21);
const example = numbers(4 * 6);
const target = [0, 1, 2, 2, 1, 0];

describe('pitfalls', () => {
  it('loss averaged before clipping: n equal examples give n times C, not C', async () => {
    const one = example.subarray(0, 4);
    const five = Float32Array.from({ length: 20 }, (_, i) => one[i % 4]!);
    const { norms, sums } = await run(5, { example: five, target: [1, 1, 1, 1, 1], clipNorm: 0.01 });
    expect(norms[0]).toBeGreaterThan(0.01);
    expect(Math.hypot(...[...sums.values()].flat())).toBeCloseTo(0.05, 6);
  });

  it('triangle inequality: the sum is never longer than C an example', async () => {
    const result = await run(6, { example, target, clipNorm: 0.2 });
    expect(Math.hypot(...flat(result))).toBeLessThanOrEqual(6 * 0.2 * (1 + 1e-6));
  });

  it('mean over the real batch: a sum does not know how many others there are', async () => {
    const alone = await run(1, { example: example.subarray(0, 4), target: [0], clipNorm: 0.2 });
    const padded = await run(6, { example, target, mask: [1, 0, 0, 0, 0, 0], clipNorm: 0.2 });
    expect(relativeError(flat(padded), flat(alone))).toBeLessThan(1e-6);
  });

  it('last partial batch, empty batch: sums do not depend on how rows are cut into batches', async () => {
    const whole = await run(6, { example, target, clipNorm: 0.2 });
    const first = await run(4, { example: example.subarray(0, 16), target: target.slice(0, 4), clipNorm: 0.2 });
    const rest = Float32Array.from({ length: 16 }, (_, i) => example[16 + i] ?? 0);
    const second = await run(4, { example: rest, target: [1, 0, 0, 0], mask: [1, 1, 0, 0], clipNorm: 0.2 });
    const added = flat(first).map((value, i) => value + flat(second)[i]!);
    expect(relativeError(flat(whole), added)).toBeLessThan(1e-5);
    const none = await run(4, { example: rest, target: [1, 0, 0, 0], mask: [0, 0, 0, 0], clipNorm: 0.2 });
    expect(flat(none).every((value) => value === 0)).toBe(true);
  });

  it('microbatches of several examples: every example is clipped alone', async () => {
    const together = await run(2, { example: example.subarray(0, 8), target: target.slice(0, 2), clipNorm: 0.1 });
    const apart = [
      await run(1, { example: example.subarray(0, 4), target: [target[0]!], clipNorm: 0.1 }),
      await run(1, { example: example.subarray(4, 8), target: [target[1]!], clipNorm: 0.1 }),
    ].map(flat);
    for (const sum of apart) expect(Math.hypot(...sum)).toBeCloseTo(0.1, 6);
    expect(
      relativeError(
        flat(together),
        apart[0]!.map((value, i) => value + apart[1]![i]!),
      ),
    ).toBeLessThan(1e-5);
  });

  it('clip per layer or joint: one norm over all parameters, one factor', async () => {
    const loose = await run(1, { example: example.subarray(0, 4), target: [0], clipNorm: 1e6 });
    const tight = await run(1, { example: example.subarray(0, 4), target: [0], clipNorm: 0.1 });
    expect(loose.norms[0]).toBeCloseTo(Math.hypot(...flat(loose)), 5);
    expect(Math.hypot(...flat(tight))).toBeCloseTo(0.1, 6);
    const factor = 0.1 / loose.norms[0]!;
    expect(
      relativeError(
        flat(tight),
        flat(loose).map((value) => value * factor),
      ),
    ).toBeLessThan(1e-5);
  });

  it('clip norm ignored: an example below C is left as it is, one above is cut to C', async () => {
    const { norms } = await run(1, { example: example.subarray(0, 4), target: [0], clipNorm: 1 });
    for (const ratio of [0.5, 0.999, 1.001, 2]) {
      const clipNorm = norms[0]! * ratio;
      const { sums } = await run(1, { example: example.subarray(0, 4), target: [0], clipNorm });
      expect(Math.hypot(...[...sums.values()].flat()) / norms[0]!).toBeCloseTo(Math.min(1, ratio), 5);
    }
  });

  it('clip factor of a norm that is not a number: min(1, NaN) lets nothing through', async () => {
    const bad = example.map((value, i) => (i === 5 ? NaN : value));
    const result = await run(6, { example: bad, target, clipNorm: 0.2 });
    const without = await run(6, { example, target, mask: [1, 0, 1, 1, 1, 1], clipNorm: 0.2 });
    expect(result.norms[1]).toBeNaN();
    expect(result.sums).toEqual(without.sums);
  });

  it('batch normalisation: refused when the model is read, never turned into something else', () => {
    const { model } = goldenCases().find(({ name }) => name === 'batchnorm-train')!;
    expect(() => checkModel(model)).toThrow(
      expect.objectContaining({ code: 'onnx.mixesBatch', place: 'node "/1/BatchNormalization" (BatchNormalization)' }),
    );
  });

  it('any other operator that lets examples meet: refused', () => {
    const centred = graphOf({
      input: [3],
      initializers: { w: [3] },
      nodes: [
        node('ReduceMean', ['x'], 'm', { axes: [0] }),
        node('Sub', ['x', 'm'], 'c'),
        node('Mul', ['c', 'w'], 'y'),
      ],
    });
    expect(() => compileStep(centred, { loss: 'mean-squared-error', batch: 2, private: true })).toThrow(
      expect.objectContaining({ code: 'onnx.mixesBatch' }),
    );
  });

  it('tied weights: the norm is that of the sum of both uses', async () => {
    // y = w·(w·x), so dy/dw = 2·w·x; two separate weights would give √2·w·x.
    const tied = graphOf({
      input: [1],
      initializers: { w: [1, 1] },
      nodes: [node('Gemm', ['x', 'w'], 'h'), node('Gemm', ['h', 'w'], 'y')],
    });
    const step = compileStep(tied, { loss: 'mean-squared-error', batch: 1, private: true });
    const { norms } = await runStep(step, await openModel(step.model), {
      example: [3],
      target: [0],
      clipNorm: 1,
      parameters: new Map([['w', [0.5]]]),
    });
    // 2·(y − 0)·dy/dw = 2·0.75·3.
    expect(norms[0]).toBeCloseTo(4.5, 6);
  });

  it.each<[string, Graph]>([
    [
      'a weight and its bias',
      graphOf({
        input: [12],
        initializers: { w: [20, 12], b: [20] },
        nodes: [node('Gemm', ['x', 'w', 'b'], 'y', { transB: 1 })],
      }),
    ],
    [
      'a weight that two layers share',
      graphOf({
        input: [20],
        initializers: { w: [20, 20] },
        nodes: [node('Gemm', ['x', 'w'], 'a'), node('Tanh', ['a'], 'h'), node('Gemm', ['h', 'w'], 'y', { transB: 1 })],
      }),
    ],
    [
      'a convolution in groups',
      graphOf({
        input: [16, 4],
        initializers: { w: [16, 8, 3] },
        nodes: [node('Conv', ['x', 'w'], 'c', { group: 2 }), node('Flatten', ['c'], 'y')],
      }),
    ],
  ])('ghost norms that differ from the gradients: %s', async (_, layer) => {
    expect(wayOf(layer, 4)).toBe('ghost');
    await expectGradients({ graph: layer, batch: 4, tolerance: 1e-5 });
  });

  it('results that do not repeat: equal inputs give equal bits', async () => {
    const transformer = readModel(goldenCases().find(({ name }) => name === 'causal-attention-tied')!.model);
    const step = compileStep(transformer, { loss: 'softmax-cross-entropy', batch: 6, private: true });
    const session = await openModel(step.model);
    const length = Number(step.example.dims[1]);
    const given = {
      example: Array.from({ length: 6 * length }, (_, i) => (i * i) % 7),
      target,
      clipNorm: 0.1,
      parameters: valuesOf(transformer),
    };
    const first = await runStep(step, session, given);
    for (let again = 0; again < 5; again++) expect(await runStep(step, session, given)).toEqual(first);
  });

  it('windows too large to write out all at once: the same sums, place by place', async () => {
    const [batch, channels, size] = [40, 4, 132];
    const big = between({
      input: [channels, size, size],
      width: 2,
      initializers: { w: [2, channels, 7, 8] },
      nodes: [node('Conv', ['h', 'w'], 'c', { strides: [1, 2] }), node('GlobalAveragePool', ['c'], 'z')],
    });
    const trainable = (name: string) => name !== 'shift';
    const data = numbers(batch * channels * size * size);
    const parameters = valuesOf(big);
    const sumsOf = async (from: number, to: number) => {
      const step = compileStep(big, { loss: 'mean-squared-error', batch: to - from, private: true, trainable });
      const width = channels * size * size;
      return runStep(step, await openModel(step.model), {
        example: data.subarray(from * width, to * width),
        target: new Float32Array(2 * (to - from)).fill(1),
        clipNorm: 0.5,
        parameters: new Map([...parameters].filter(([name]) => trainable(name))),
      });
    };
    // 4·40·(4·56)·126·63 bytes are 271 MiB, above the limit of 256; half of that is below.
    const [whole, first, second] = [await sumsOf(0, batch), await sumsOf(0, batch / 2), await sumsOf(batch / 2, batch)];
    expect(relativeError(whole.norms, [...first.norms, ...second.norms])).toBeLessThan(1e-5);
    expect(
      relativeError(
        flat(whole),
        flat(first).map((value, i) => value + flat(second)[i]!),
      ),
    ).toBeLessThan(1e-5);
  });
});
