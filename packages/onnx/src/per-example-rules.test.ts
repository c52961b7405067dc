import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../test/expect-gradients.ts';
import { graphOf, node } from '../test/graphs.ts';
import { randomNumbers } from '../test/random.ts';
import { openModel } from '../test/run-step.ts';
import { createBuilder } from './build/builder.ts';
import { chooseRule } from './choose-rule.ts';
import { emitForward } from './build/emit-forward.ts';
import { finishGraph } from './build/finish-graph.ts';
import { compileStep } from './compile-step.ts';
import { elementCount } from './graph/element-count.ts';
import type { Graph, Node } from './graph/graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { withBatchAxes } from './isolate.ts';
import { sequenceWeightRule } from './operators/matrix-product.ts';
import { perExampleRule, usesOf } from './per-example-rules.ts';
import { writeModel } from './write-model.ts';

/** Squared norms of the weight `w` of the graph's one layer, both ways, from random data and output gradients. */
async function bothWays(graph: Graph, batch: number): Promise<{ ghost: number[]; materialised: number[] }> {
  const values = withBatchAxes(graph, inferShapes(graph, { batch }));
  const build = createBuilder(['x', 'w', 'dy']);
  const calls = emitForward(
    graph,
    values,
    build,
    new Map([
      ['x', 'x'],
      ['w', 'w'],
    ]),
  );
  const rule = perExampleRule('w', {
    build,
    uses: usesOf(calls),
    gradients: new Map([['y', 'dy']]),
    batch,
    found: new Map(),
  })!;
  // In two stages: one long sum in float32 loses what is small.
  const gradients = rule.materialise.gradients();
  const rows = build.emit('Reshape', [gradients, build.ints([batch, values.get('w')!.dims[0]!, -1])]);
  const squares = build.emit('ReduceSumSquare', [rows, build.ints([2])], { keepdims: 0 });
  const outputs = [rule.ghost!.squaredNorms(), build.emit('ReduceSum', [squares, build.ints([1])], { keepdims: 0 })];
  const inputs = (['x', 'w', 'dy'] as const).map((name) => ({
    name,
    type: 'float32' as const,
    dims: values.get(name === 'dy' ? 'y' : name)!.dims,
  }));
  const model = finishGraph(build, {
    name: 'both ways',
    inputs,
    outputs: outputs.map((value, i) => ({ name: `norms ${i}`, type: 'float32', dims: [batch], value })),
  });
  const numbers = randomNumbers(13);
  const feeds = Object.fromEntries(
    inputs.map(({ name, dims }) => [name, new Tensor('float32', numbers(elementCount(dims)), [...dims])]),
  );
  const session = await openModel(writeModel(model));
  const result = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
  const [ghost, materialised] = [0, 1].map((i) => [...(result[`norms ${i}`]!.data as Float32Array)]);
  return { ghost: ghost!, materialised: materialised! };
}

describe('ghost norms equal the norms of materialised gradients', () => {
  it.each<[string, readonly number[], readonly number[], Node]>([
    ['Gemm', [7], [5, 7], node('Gemm', ['x', 'w'], 'y', { transB: 1 })],
    ['Gemm with factors', [7], [7, 5], node('Gemm', ['x', 'w'], 'y', { alpha: { kind: 'float', value: -1.5 } })],
    ['MatMul on rows', [7], [7, 5], node('MatMul', ['x', 'w'], 'y')],
    ['MatMul on positions', [6, 7], [7, 5], node('MatMul', ['x', 'w'], 'y')],
    ['MatMul on many positions', [70, 7], [7, 5], node('MatMul', ['x', 'w'], 'y')],
    ['MatMul on many positions, in two parts', [66, 1312], [1312, 1400], node('MatMul', ['x', 'w'], 'y')],
    ['Conv with many windows', [3, 12, 12], [4, 3, 3, 3], node('Conv', ['x', 'w'], 'y')],
    ['Conv', [3, 8, 8], [4, 3, 3, 3], node('Conv', ['x', 'w'], 'y', { strides: [2, 1], pads: [1, 1, 0, 0] })],
    ['Conv of one channel', [1, 9, 9], [4, 1, 4, 4], node('Conv', ['x', 'w'], 'y', { strides: [3, 3] })],
    ['Conv of 1×1', [6, 3, 3], [5, 6, 1, 1], node('Conv', ['x', 'w'], 'y')],
  ])('%s', async (_, input, weight, layer) => {
    const { ghost, materialised } = await bothWays(graphOf({ input, initializers: { w: weight }, nodes: [layer] }), 5);
    expect(relativeError(ghost, materialised)).toBeLessThan(1e-5);
  });
});

it('many positions, too: gradients of a batch are made where they fit, and part by part where they do not', () => {
  const way = (batch: number) => {
    const facts = {
      batch,
      positions: 100,
      inner: 1024,
      outer: 1024,
      activations: 'a',
      gradient: 'g',
      transposed: false,
    };
    return chooseRule(sequenceWeightRule(createBuilder([]), facts), batch, 1024 * 1024).way;
  };
  expect([4, 64, 256, 4096].map(way)).toEqual(['materialise', 'materialise', 'ghost', 'ghost']);
});

it('a parameter that passes thousands of nodes before the data is refused with a typed error', () => {
  const nodes = Array.from({ length: 5000 }, (_, i) => node('Sigmoid', [i === 0 ? 'w' : `s${i - 1}`], `s${i}`));
  const graph = graphOf({ input: [2], initializers: { w: [2] }, nodes: [...nodes, node('Mul', ['x', 's4999'], 'y')] });
  expect(() => compileStep(graph, { loss: 'mean-squared-error', batch: 2, private: true })).toThrow(
    expect.objectContaining({ code: 'onnx.notDifferentiable', message: expect.stringContaining('more than 64 nodes') }),
  );
});
