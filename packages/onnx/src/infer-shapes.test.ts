import { describe, expect, it } from 'vitest';
import { goldenCases } from '../test/golden.ts';
import { graphOf, node } from '../test/graphs.ts';
import type { Graph } from './graph/graph.ts';
import { intTensor } from './graph/tensor.ts';
import { inferShapes } from './infer-shapes.ts';
import { readModel } from './read-model.ts';

describe('inferShapes', () => {
  it('gives every shape of a CNN', () => {
    const values = inferShapes(readModel(goldenCases().find(({ name }) => name === 'mnist-cnn')!.model), { batch: 32 });
    const dims = (name: string) => values.get(name)!.dims;
    expect(dims('/0/Conv_output_0')).toEqual([32, 16, 14, 14]);
    expect(dims('/2/MaxPool_output_0')).toEqual([32, 16, 13, 13]);
    expect(dims('/3/Conv_output_0')).toEqual([32, 32, 5, 5]);
    expect(dims('/5/MaxPool_output_0')).toEqual([32, 32, 4, 4]);
    expect(dims('/6/Flatten_output_0')).toEqual([32, 512]);
    expect(dims('output')).toEqual([32, 10]);
  });

  it.each([
    ['two free axes', ['batch', 'time', 3], 'onnx.shape'],
    ['an unnamed free axis', ['batch', ''], 'onnx.shape'],
    ['no axis', [], 'onnx.shape'],
    ['an empty axis', ['batch', 0], 'onnx.shape'],
  ])('refuses an input with %s', (_, dims, code) => {
    const graph: Graph = {
      ...graphOf({ input: [3], nodes: [node('Tanh', ['x'], 'y')] }),
      inputs: [{ name: 'x', type: 'float32', dims }],
    };
    expect(() => inferShapes(graph, { batch: 1 })).toThrow(expect.objectContaining({ code, place: 'input "x"' }));
  });

  it('refuses values beyond the limit, by node', () => {
    const graph = graphOf({ input: [1000], nodes: [node('Tanh', ['x'], 'y')] });
    expect(() => inferShapes(graph, { batch: 2 ** 20 })).toThrow(
      expect.objectContaining({ code: 'onnx.tooLarge', place: 'node "Tanh of y" (Tanh)' }),
    );
  });

  it('refuses ranks beyond the limit', () => {
    const initializers = { s: intTensor([9], [0, 3, 1, 1, 1, 1, 1, 1, 1]) };
    const graph = graphOf({ input: [3], initializers, nodes: [node('Reshape', ['x', 's'], 'y')] });
    expect(() => inferShapes(graph, { batch: 1 })).toThrow(expect.objectContaining({ code: 'onnx.tooLarge' }));
  });

  it('refuses types that an operator does not take', () => {
    const base = graphOf({ input: [3], nodes: [node('Tanh', ['x'], 'y')] });
    const graph: Graph = { ...base, inputs: [{ name: 'x', type: 'int64', dims: ['batch', 3] }] };
    expect(() => inferShapes(graph, { batch: 1 })).toThrow(expect.objectContaining({ code: 'onnx.unsupportedType' }));
  });
});
