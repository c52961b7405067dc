import { describe, expect, it } from 'vitest';
import { relativeError } from '../test/expect-gradients.ts';
import { goldenCases } from '../test/golden.ts';
import { graphOf, node } from '../test/graphs.ts';
import { randomNumbers } from '../test/random.ts';
import { openModel, runStep, type StepOutputs } from '../test/run-step.ts';
import type { ClippingName } from './clip.ts';
import { compileStep } from './compile-step.ts';
import type { Graph } from './graph/graph.ts';
import { intTensor, tensorValues } from './graph/tensor.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';

const numbers = randomNumbers(31);

async function run(
  graph: Graph,
  batch: number,
  clipping: ClippingName,
  clipNorm: number,
  rows?: number[],
): Promise<StepOutputs> {
  const step = compileStep(graph, { loss: 'softmax-cross-entropy', batch, private: true, clipping });
  const width = (step.example.dims as number[]).slice(1).reduce((a, b) => a * b, 1);
  const example = randomNumbers(4)(batch * width);
  return runStep(step, await openModel(step.model), {
    example: step.example.type === 'int64' ? example.map((x) => Math.floor(20 * (x + 1))) : example,
    target: Array.from({ length: batch }, (_, i) => i % 2),
    ...(rows === undefined ? {} : { mask: Array.from({ length: batch }, (_, i) => Number(rows.includes(i))) }),
    clipNorm,
    parameters: new Map(step.parameters.map(({ name }) => [name, tensorValues(graph.initializers.get(name)!)])),
  });
}

const lengthOf = (sums: Iterable<readonly number[]>): number => Math.hypot(...[...sums].flat());
const mlp = newMlp({ inputs: 6, hidden: [5, 4], outputs: 3, activation: 'tanh', seed: new Uint8Array([5]) });
const transformer = readModel(goldenCases().find(({ name }) => name === 'transformer')!.model);

describe.each([
  ['a perceptron', mlp],
  ['a transformer', transformer],
])('clipping of %s', (_, graph) => {
  it('automatic: each example has C·‖g‖/(‖g‖ + 0.01), in the direction of its gradient', async () => {
    for (const row of [0, 1, 2]) {
      const plain = await run(graph, 3, 'flat', 1e6, [row]);
      const scaled = await run(graph, 3, 'automatic', 0.5, [row]);
      const norm = lengthOf(plain.sums.values());
      expect(lengthOf(scaled.sums.values())).toBeCloseTo((0.5 * norm) / (norm + 0.01), 5);
      for (const [name, sum] of scaled.sums) {
        const wanted = plain.sums.get(name)!.map((value) => (value * 0.5) / (norm + 0.01));
        if (lengthOf([wanted]) > 1e-6) expect(relativeError(sum, wanted), name).toBeLessThan(1e-3);
      }
    }
  });

  it('per layer: every layer of an example has at most C/√L, all together at most C', async () => {
    const layers = new Map<string, string[]>();
    const plain = await run(graph, 3, 'flat', 1e6, [1]);
    for (const name of plain.sums.keys()) {
      const layer = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name;
      layers.set(layer, [...(layers.get(layer) ?? []), name]);
    }
    const clipNorm = lengthOf(plain.sums.values()) / 2;
    const bound = clipNorm / Math.sqrt(layers.size);
    const clipped = await run(graph, 3, 'per-layer', clipNorm, [1]);
    expect(lengthOf(clipped.sums.values())).toBeLessThanOrEqual(clipNorm * (1 + 1e-5));
    for (const names of layers.values()) {
      const before = lengthOf(names.map((name) => plain.sums.get(name)!));
      const after = lengthOf(names.map((name) => clipped.sums.get(name)!));
      expect(after / Math.min(before, bound)).toBeCloseTo(1, 4);
    }
  });

  it.each(['flat', 'automatic', 'per-layer'] as const)(
    '%s: a batch gives the sum of its examples',
    async (clipping) => {
      const whole = await run(graph, 3, clipping, 0.3);
      const each = [
        await run(graph, 3, clipping, 0.3, [0]),
        await run(graph, 3, clipping, 0.3, [1]),
        await run(graph, 3, clipping, 0.3, [2]),
      ];
      const flat = ({ sums }: StepOutputs) => [...sums.values()].flat();
      const added = flat(each[0]!).map((value, i) => value + flat(each[1]!)[i]! + flat(each[2]!)[i]!);
      expect(relativeError(flat(whole), added)).toBeLessThan(1e-5);
    },
  );
});

it('per layer: a weight that two layers make together is clipped by each for itself', async () => {
  const graph = graphOf({
    input: [40],
    initializers: { 'a.w': [40, 2], 'b.g': [2], shape: intTensor([2], [1, 2]) },
    nodes: [node('Reshape', ['b.g', 'shape'], 'g'), node('Mul', ['a.w', 'g'], 'v'), node('MatMul', ['x', 'v'], 'y')],
  });
  const plain = await run(graph, 2, 'flat', 1e6, [0]);
  const clipNorm = 1e-3;
  const clipped = await run(graph, 2, 'per-layer', clipNorm, [0]);
  for (const [name, sum] of clipped.sums) {
    const own = plain.sums.get(name)!;
    const wanted = own.map((value) => (value * clipNorm) / Math.SQRT2 / lengthOf([own]));
    expect(relativeError(sum, wanted), name).toBeLessThan(1e-4);
  }
});

it.each(['flat', 'automatic', 'per-layer'] as const)(
  '%s: a gradient that is not finite adds nothing',
  async (clipping) => {
    const step = compileStep(mlp, { loss: 'softmax-cross-entropy', batch: 2, private: true, clipping });
    const session = await openModel(step.model);
    const example = numbers(12);
    const given = {
      target: [0, 1],
      clipNorm: 0.5,
      parameters: new Map([...mlp.initializers].map(([name, tensor]) => [name, tensorValues(tensor)])),
    };
    const bad = await runStep(step, session, { ...given, example: example.map((x, i) => (i === 7 ? NaN : x)) });
    const without = await runStep(step, session, { ...given, example, mask: [1, 0] });
    expect(bad.sums).toEqual(without.sums);
  },
);

it('a clipping that there is not is refused', () => {
  expect(() =>
    compileStep(mlp, { loss: 'softmax-cross-entropy', batch: 2, private: true, clipping: 'psac' as never }),
  ).toThrow(expect.objectContaining({ code: 'onnx.badRequest' }));
});
