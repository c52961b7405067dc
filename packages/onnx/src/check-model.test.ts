import { describe, expect, it } from 'vitest';
import { goldenCases } from '../test/golden.ts';
import { graphOf, node } from '../test/graphs.ts';
import { checkModel } from './check-model.ts';
import type { Graph } from './graph/graph.ts';
import { writeModel } from './write-model.ts';

describe('checkModel', () => {
  it('says what a model is made of and what it costs', () => {
    const facts = checkModel(goldenCases().find(({ name }) => name === 'mnist-cnn')!.model);
    expect(facts.opset).toBe(16);
    expect(facts.operators).toEqual({ Conv: 2, Flatten: 1, Gemm: 2, MaxPool: 2, Relu: 3 });
    expect(facts.trainable).toHaveLength(8);
    expect(facts.trainable[0]).toEqual({ name: '0.weight', dims: [16, 1, 8, 8] });
    expect(facts.inputs).toEqual([{ name: 'input', type: 'float32', dims: ['batch', 1, 28, 28] }]);
  });

  it('measures what trains, and no more', () => {
    const { model } = goldenCases().find(({ name }) => name === 'mnist-cnn')!;
    const all = checkModel(model);
    const last = checkModel(model, {}, 'last:1');
    expect(last.trainable.map(({ dims }) => dims)).toEqual([[10, 32], [10]]);
    expect(last.parameters).toBe(330);
    // What is frozen lies in memory all the same.
    expect(last.parameterBytes).toBe(all.parameterBytes);
    expect(last.forwardFlopsPerExample).toBe(all.forwardFlopsPerExample);
    expect(last.flopsPerExample).toBeLessThan(0.6 * all.flopsPerExample);
    expect(() => checkModel(model, {}, 'lora')).toThrow(expect.objectContaining({ code: 'onnx.badRequest' }));
  });

  const base = graphOf({ input: [2], initializers: { w: [2], power: [1] }, nodes: [node('Mul', ['x', 'w'], 'y')] });
  it.each<[string, Graph, string]>([
    [
      'two inputs',
      { ...base, inputs: [...base.inputs, { name: 'x2', type: 'float32', dims: ['batch', 2] }] },
      'onnx.badRequest',
    ],
    [
      'two outputs',
      {
        ...base,
        nodes: [...base.nodes, node('Tanh', ['y'], 'z')],
        outputs: [...base.outputs, { name: 'z', type: 'float32', dims: [] }],
      },
      'onnx.badRequest',
    ],
    ['no parameters', { ...base, nodes: [node('Tanh', ['x'], 'y')] }, 'onnx.notDifferentiable'],
    [
      'parameters that no per-example rule covers',
      graphOf({
        input: [2],
        initializers: { w: [2, 2] },
        nodes: [node('Softmax', ['w'], 's'), node('Gemm', ['x', 's'], 'y')],
      }),
      'onnx.notDifferentiable',
    ],
  ])('refuses a model with %s', (_, graph, code) => {
    expect(() => checkModel(writeModel(graph))).toThrow(expect.objectContaining({ code }));
  });

  it('names the node at which parameters are lost', () => {
    const graph = graphOf({
      input: [2],
      initializers: { w: [2, 2] },
      nodes: [node('Softmax', ['w'], 's'), node('Gemm', ['x', 's'], 'y')],
    });
    expect(() => checkModel(writeModel(graph))).toThrow(
      expect.objectContaining({ place: 'node "Softmax of s" (Softmax)' }),
    );
  });
});
