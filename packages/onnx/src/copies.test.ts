import { describe, expect, it } from 'vitest';
import { relativeError } from '../test/expect-gradients.ts';
import { goldenCases } from '../test/golden.ts';
import { graphOf, node } from '../test/graphs.ts';
import { randomNumbers } from '../test/random.ts';
import { openModel, runStep } from '../test/run-step.ts';
import type { ClippingName } from './clip.ts';
import { compileStep } from './compile-step.ts';
import type { Graph } from './graph/graph.ts';
import { intTensor, tensorValues } from './graph/tensor.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';

const golden = (wanted: string) => readModel(goldenCases().find(({ name }) => name === wanted)!.model);
const valuesOf = (graph: Graph) =>
  new Map([...graph.initializers].map(([name, tensor]) => [name, tensorValues(tensor)] as const));
const loss = 'softmax-cross-entropy';
const lengthOf = (parts: Iterable<readonly number[]>) => Math.hypot(...[...parts].flat());

/** One row's gradient, unclipped, as a step for one example without copies gives it. */
async function openOracle(graph: Graph) {
  const step = compileStep(graph, { loss, batch: 1, private: true });
  const session = await openModel(step.model);
  return (example: ArrayLike<number>, target: number) =>
    runStep(step, session, { example, target: [target], clipNorm: 1e6, parameters: valuesOf(graph) });
}

interface Case {
  graph: Graph;
  batch: number;
  copies: number;
  clipNorm: number;
  clipping?: ClippingName;
  mask?: number[];
}

async function openCase({ graph, batch, copies, clipNorm, clipping, mask }: Case) {
  const step = compileStep(graph, { loss, batch, copies, clipping, private: true });
  const width = (step.example.dims as number[]).slice(1).reduce((a, b) => a * b, 1);
  const numbers = randomNumbers(8)(batch * copies * width);
  const example = step.example.type === 'int64' ? numbers.map((x) => Math.floor(20 * (x + 1))) : numbers;
  const target = Array.from({ length: batch }, (_, i) => i % 2);
  const session = await openModel(step.model);
  const run = (changed: ArrayLike<number> = example, targets: readonly number[] = target) =>
    runStep(step, session, {
      ...{ example: changed, target: targets, clipNorm, parameters: valuesOf(graph) },
      mask: mask ?? new Array<number>(batch).fill(1),
    });
  return { step, width, example, target, run };
}

/** Norms and clipped sum of the means of the rows' gradients, each row made by itself. */
async function byHand(task: Case, opened: Awaited<ReturnType<typeof openCase>>) {
  const oracle = await openOracle(task.graph);
  const norms: number[] = [];
  const losses: number[] = [];
  const sums = new Map<string, number[]>();
  for (let i = 0; i < task.batch; i++) {
    const mean = new Map<string, number[]>();
    let loss = 0;
    for (let k = 0; k < task.copies; k++) {
      const row = (i * task.copies + k) * opened.width;
      const one = await oracle(opened.example.slice(row, row + opened.width), opened.target[i]!);
      loss += one.losses[0]! / task.copies;
      for (const [name, gradient] of one.sums) {
        const known = mean.get(name) ?? gradient.map(() => 0);
        mean.set(
          name,
          known.map((value, j) => value + gradient[j]! / task.copies),
        );
      }
    }
    const norm = lengthOf(mean.values());
    norms.push(norm);
    losses.push(loss);
    const factor = (task.mask?.[i] ?? 1) === 0 ? 0 : Math.min(1, task.clipNorm / norm);
    for (const [name, gradient] of mean) {
      const known = sums.get(name) ?? gradient.map(() => 0);
      sums.set(
        name,
        known.map((value, j) => value + factor * gradient[j]!),
      );
    }
  }
  return { norms, losses, sums };
}

const tied = graphOf({
  input: [3],
  initializers: { w: [3, 3], v: [2, 3] },
  nodes: [
    node('Gemm', ['x', 'w'], 'a'),
    node('Tanh', ['a'], 'b'),
    node('Gemm', ['b', 'w'], 'c', { transB: 1 }),
    node('Gemm', ['c', 'v'], 'y', { transB: 1 }),
  ],
});
const squashed = graphOf({
  input: [4],
  initializers: { w: [2, 2, 3], shape: intTensor([2], [4, 3]), gate: [3] },
  nodes: [
    node('Reshape', ['w', 'shape'], 'matrix'),
    node('Gemm', ['x', 'matrix'], 'h'),
    node('Sigmoid', ['gate'], 'open'),
    node('Mul', ['h', 'open'], 'y'),
  ],
});
const wide = newMlp({ inputs: 300, hidden: [200], outputs: 3, activation: 'tanh', seed: new Uint8Array([1]) });

describe('an example with copies', () => {
  it.each<[string, Case]>([
    ['a perceptron', { graph: wide, batch: 3, copies: 4, clipNorm: 2 }],
    ['a convolutional network', { graph: golden('mnist-cnn'), batch: 2, copies: 3, clipNorm: 3 }],
    ['a network with group norms', { graph: golden('resnet-groupnorm'), batch: 2, copies: 2, clipNorm: 3 }],
    ['a transformer', { graph: golden('transformer'), batch: 2, copies: 2, clipNorm: 1 }],
    ['a weight that two layers share', { graph: tied, batch: 3, copies: 5, clipNorm: 0.5 }],
    ['parameters that are changed before they meet the data', { graph: squashed, batch: 3, copies: 2, clipNorm: 0.5 }],
  ])('has the mean of their gradients, clipped as one, against one at a time: %s', async (_, task) => {
    const opened = await openCase(task);
    const [whole, wanted] = [await opened.run(), await byHand(task, opened)];
    expect(relativeError(whole.norms, wanted.norms)).toBeLessThan(1e-5);
    expect(relativeError(whole.losses, wanted.losses)).toBeLessThan(1e-5);
    const size = lengthOf(wanted.sums.values());
    for (const [name, sum] of whole.sums) {
      const off = Math.hypot(...sum.map((value, i) => value - wanted.sums.get(name)![i]!));
      expect(off / size, name).toBeLessThan(1e-5);
    }
  });

  it('is masked as one', async () => {
    const task = { graph: tied, batch: 3, copies: 2, clipNorm: 0.1, mask: [1, 0, 1] };
    const opened = await openCase(task);
    const [whole, wanted] = [await opened.run(), await byHand(task, opened)];
    for (const [name, sum] of whole.sums) expect(relativeError(sum, wanted.sums.get(name)!)).toBeLessThan(1e-5);
  });

  it.each<ClippingName>(['flat', 'automatic', 'per-layer'])(
    'microbatch clipping: adds at most C by %s clipping, where copies that count as examples would add more',
    async (clipping) => {
      const opened = await openCase({ graph: tied, batch: 1, copies: 8, clipNorm: 0.01, clipping });
      const rows = opened.example.slice(0, opened.width);
      const same = Array.from({ length: 8 }, () => [...Array.from(rows)]).flat();
      const length = lengthOf((await opened.run(same)).sums.values());
      expect(length).toBeLessThanOrEqual(0.01 * (1 + 1e-5));
      expect(length).toBeGreaterThan(0.005);
    },
  );

  it.each([
    ['the first copy', 0],
    ['the last copy', 2],
  ])('a NaN in %s leaves out the whole example, and nothing of the others', async (_, copy) => {
    const task = { graph: golden('mnist-cnn'), batch: 2, copies: 3, clipNorm: 1 };
    const opened = await openCase(task);
    const broken = [...Array.from(opened.example)];
    broken[copy * opened.width + 5] = Number.NaN;
    const whole = await opened.run(broken);
    const masked = await openCase({ ...task, mask: [0, 1] });
    const wanted = await masked.run();
    for (const [name, sum] of whole.sums) expect(sum, name).toEqual(wanted.sums.get(name));
  });

  it('a label out of range leaves out the whole example', async () => {
    const opened = await openCase({ graph: tied, batch: 2, copies: 3, clipNorm: 1 });
    const masked = await openCase({ graph: tied, batch: 2, copies: 3, clipNorm: 1, mask: [1, 0] });
    expect((await opened.run(opened.example, [0, 7])).sums).toEqual((await masked.run()).sums);
  });

  it('keeps others apart: changing a copy changes no other example’s norm', async () => {
    const opened = await openCase({ graph: golden('transformer'), batch: 3, copies: 2, clipNorm: 1 });
    const changed = [...Array.from(opened.example)];
    changed[2 * opened.width] = (changed[2 * opened.width]! + 7) % 20;
    const [before, after] = [await opened.run(), await opened.run(changed)];
    expect(after.norms[1]).not.toBe(before.norms[1]);
    expect([after.norms[0], after.norms[2]]).toEqual([before.norms[0], before.norms[2]]);
  });

  it('is refused where there is no clipping, and for impossible numbers', () => {
    const bad = expect.objectContaining({ code: 'onnx.badRequest' });
    expect(() => compileStep(tied, { loss, batch: 2, copies: 2, private: false })).toThrow(bad);
    for (const copies of [0, 1.5, 257])
      expect(() => compileStep(tied, { loss, batch: 2, copies, private: true })).toThrow(bad);
  });
});
