import { describe, expect, it } from 'vitest';
import { graphOf, node } from '../test/graphs.ts';
import { openModel, runStep } from '../test/run-step.ts';
import { checkModel } from './check-model.ts';
import { compileStep } from './compile-step.ts';
import type { Attribute, Graph, Node } from './graph/graph.ts';
import { floatTensor, intTensor } from './graph/tensor.ts';
import { isolate } from './isolate.ts';
import { writeModel } from './write-model.ts';

/** Graphs that a developer may build to get more of an example through than the clip norm. */

const float = (value: number): Attribute => ({ kind: 'float', value });

/** The longest clipped gradient of one example at a time, in clip norms. */
async function longest(graph: Graph, batch: number, target: number, clipNorm: number): Promise<number> {
  const step = compileStep(graph, { loss: 'mean-squared-error', batch, private: true });
  const session = await openModel(step.model);
  const parameters = new Map(step.parameters.map(({ name, dims }) => [name, new Float32Array(product(dims))]));
  const example = Float32Array.from({ length: product(step.example.dims as number[]) }, (_, i) =>
    Math.sin(1.7 * i + 1),
  );
  let most = 0;
  for (let one = 0; one < batch; one++) {
    const { sums } = await runStep(step, session, {
      example,
      target: Float32Array.from({ length: product(step.target.dims as number[]) }, (_, i) => target + Math.cos(i)),
      mask: Array.from({ length: batch }, (_, i) => Number(i === one)),
      clipNorm,
      parameters,
    });
    most = Math.max(most, Math.hypot(...[...sums.values()].flat()) / clipNorm);
  }
  return most;
}

const product = (dims: readonly number[]) => dims.reduce((total, dim) => total * dim, 1);

describe('a clip norm holds', () => {
  it.each([1e-28, 1e-10, 1e-6])('when squares of gradients are below the smallest float, C = %d', async (clipNorm) => {
    const scaled = graphOf({
      input: [1],
      initializers: { w: [1] },
      nodes: [
        node('Mul', ['x', 'w'], 'z'),
        node('Constant', [], 'down', { value_float: float(1e-24) }),
        node('Mul', ['z', 'down'], 'y'),
      ],
    });
    expect(await longest(scaled, 2, 5, clipNorm)).toBeLessThan(1.0001);
  });

  it.each([1e-28, 1e-10, 1e-6])('when a ghost norm is 0 times something huge, C = %d', async (clipNorm) => {
    const scaled = graphOf({
      input: [1],
      initializers: { w: [1000, 1] },
      nodes: [
        node('Constant', [], 'up', { value_float: float(1e19) }),
        node('Mul', ['x', 'up'], 'h'),
        node('Gemm', ['h', 'w'], 'z', { transB: 1 }),
        node('Constant', [], 'down', { value_float: float(1e-24) }),
        node('Mul', ['z', 'down'], 'y'),
      ],
    });
    expect(await longest(scaled, 2, 5000, clipNorm)).toBeLessThan(1.0001);
  });

  it.each([1e2, 1e3, 3e4, 1e6])('when the parts of a gradient at two positions cancel, offset %d', async (offset) => {
    const [inner, outer] = [64, 64];
    const shift = Array.from(
      { length: 2 * inner },
      (_, i) => (i < inner ? 1 : -1) * offset * (1 + 0.3 * Math.sin(i % inner)),
    );
    const opposed = graphOf({
      input: [2, inner],
      initializers: { w: [inner, outer] },
      nodes: [
        node('Constant', [], 'shift', { value: { kind: 'tensor', value: floatTensor([2, inner], shift) } }),
        node('Add', ['x', 'shift'], 'h'),
        node('MatMul', ['h', 'w'], 'm'),
        node('ReduceMean', ['m'], 'y', { axes: [1], keepdims: 0 }),
      ],
    });
    expect(await longest(opposed, 8, 1, 0.01)).toBeLessThan(1.001);
  });
});

/** The longest clipped gradient of single examples of tokens, in clip norms, by the rows of a table. */
async function longestByTable(nodes: readonly Node[], tokens: number[], clipNorm: number, more = {}): Promise<number> {
  const width = 64;
  const graph = graphOf({ input: [tokens.length], initializers: { table: [400, width], ...more }, nodes });
  const whole: Graph = { ...graph, inputs: [{ ...graph.inputs[0]!, type: 'int64' }] };
  const trainable = (name: string) => name === 'table';
  const step = compileStep(whole, { loss: 'mean-squared-error', batch: 1, private: true, trainable });
  const { sums } = await runStep(step, await openModel(step.model), {
    example: tokens,
    target: Float32Array.from({ length: product(step.target.dims as number[]) }, (_, i) => 1 + Math.cos(i)),
    clipNorm,
    parameters: new Map([['table', new Float32Array(400 * width)]]),
  });
  return Math.hypot(...sums.get('table')!) / clipNorm;
}

describe('a clip norm holds for rows that are looked up', () => {
  const weighted = (weights: readonly number[]) => [
    node('Constant', [], 'by', { value: { kind: 'tensor', value: floatTensor([weights.length, 1], weights) } }),
    node('Gather', ['table', 'x'], 'rows'),
    node('Mul', ['rows', 'by'], 'h'),
    node('ReduceSum', ['h', 'axes'], 'y', { keepdims: 0 }),
  ];
  const axes = { axes: intTensor([1], [1]) };

  it.each([1e2, 1e4, 1e6, 1e8])('when a token occurs twice and its gradients cancel, factor %d', async (factor) => {
    const weights = [factor, -factor * (1 + 1e-7), 3e-3];
    expect(await longestByTable(weighted(weights), [7, 7, 9], 0.01, axes)).toBeLessThan(1.001);
  });

  it.each([1e-28, 1e-10, 1e-6])('when squares of gradients are below the smallest float, C = %d', async (clipNorm) => {
    expect(await longestByTable(weighted([1e-24, 2e-24]), [3, 4], clipNorm, axes)).toBeLessThan(1.001);
  });

  it('when many positions have one token', async () => {
    const weights = Array.from({ length: 50 }, (_, i) => (-1) ** i * (1 + i / 50));
    expect(await longestByTable(weighted(weights), new Array<number>(50).fill(5), 0.01, axes)).toBeLessThan(1.001);
  });
});

describe('a clip norm holds for normalisations and groups', () => {
  it.each([1e-10, 1e-6, 1])('when scale and shift see gradients below the smallest float, C = %d', async (clipNorm) => {
    const scaled = graphOf({
      input: [2, 6],
      initializers: { scale: [6], bias: [6] },
      nodes: [
        node('LayerNormalization', ['x', 'scale', 'bias'], 'n'),
        node('Constant', [], 'down', { value_float: float(1e-24) }),
        node('Mul', ['n', 'down'], 'z'),
        node('Flatten', ['z'], 'y'),
      ],
    });
    expect(await longest(scaled, 2, 5, clipNorm)).toBeLessThan(1.0001);
  });

  it.each([1e2, 1e4, 1e6])('when parts of a grouped kernel cancel, offset %d', async (offset) => {
    const shift = Array.from({ length: 4 * 8 }, (_, i) => (i % 8 < 4 ? 1 : -1) * offset * (1 + 0.3 * Math.sin(i % 4)));
    const opposed = graphOf({
      input: [4, 8],
      initializers: { w: [4, 1, 1] },
      nodes: [
        node('Constant', [], 'shift', { value: { kind: 'tensor', value: floatTensor([4, 8], shift) } }),
        node('Add', ['x', 'shift'], 'h'),
        node('Conv', ['h', 'w'], 'c', { group: 4 }),
        node('GlobalAveragePool', ['c'], 'y'),
      ],
    });
    expect(await longest(opposed, 2, 1, 0.01)).toBeLessThan(1.001);
  });
});

describe('examples stay apart', () => {
  // [3, batch] from [batch, 3].
  const turned = node('Gemm', ['w', 'x'], 'h', { transB: 1 });

  it('when a product has the batch on an axis of either factor: every example with every other', () => {
    const every = graphOf({
      input: [3],
      initializers: { w: [3, 3] },
      nodes: [turned, node('MatMul', ['x', 'h'], 'y')],
    });
    expect(() => isolate(every)).toThrow(expect.objectContaining({ code: 'onnx.mixesBatch' }));
  });

  it('when a parameter has as many leading entries as a micro-batch that the developer chooses', () => {
    // A prime that no shape has by chance is what isolation is probed with; nothing keeps a developer from choosing it.
    const placed = graphOf({
      input: [2, 3],
      initializers: { w: [1009, 3, 2] },
      nodes: [node('MatMul', ['x', 'w'], 'y')],
    });
    expect(() => compileStep(placed, { loss: 'mean-squared-error', batch: 1009, private: true })).toThrow(
      expect.objectContaining({ code: 'onnx.mixesBatch' }),
    );
  });

  it('when the batch was moved to where an image has its pixels', () => {
    const pooled = graphOf({
      input: [3],
      initializers: { w: [3, 3], shape: intTensor([3], [3, 1, -1]) },
      nodes: [turned, node('Reshape', ['h', 'shape'], 'r'), node('GlobalAveragePool', ['r'], 'y')],
    });
    expect(() => isolate(pooled)).toThrow(expect.objectContaining({ code: 'onnx.mixesBatch' }));
  });

  it('when an axis of a mean is named twice, which would miscount the axes that are left', () => {
    const twice = graphOf({
      input: [3],
      initializers: { w: [3, 3], b: [1, 1] },
      nodes: [
        node('Gemm', ['w', 'x'], 'h', { transB: 1 }),
        node('ReduceMean', ['h'], 'm', { axes: [0, 0], keepdims: 0 }),
        node('Softmax', ['m'], 's', { axis: 0 }),
        node('Add', ['s', 'b'], 'y'),
      ],
    });
    expect(() => checkModel(writeModel(twice))).toThrow(expect.objectContaining({ code: 'onnx.shape' }));
  });
});
