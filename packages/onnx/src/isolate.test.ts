import { describe, expect, it } from 'vitest';
import { goldenCases } from '../test/golden.ts';
import { graphOf, node } from '../test/graphs.ts';
import { floatTensor, intTensor } from './graph/tensor.ts';
import { isolate } from './isolate.ts';
import { readModel } from './read-model.ts';

describe('isolate', () => {
  it('finds the batch on axis 0 of every value of a CNN, and none on its parameters', () => {
    const { batchAxes } = isolate(readModel(goldenCases().find(({ name }) => name === 'mnist-cnn')!.model));
    expect(batchAxes.get('input')).toBe(0);
    expect(batchAxes.get('output')).toBe(0);
    expect(batchAxes.get('/6/Flatten_output_0')).toBe(0);
    expect(batchAxes.get('0.weight')).toBeNull();
  });

  it('refuses batch-centred inputs, naming the node and the reason', () => {
    expect(() => isolate(readModel(goldenCases().find(({ name }) => name === 'batch-centred')!.model))).toThrow(
      expect.objectContaining({
        code: 'onnx.mixesBatch',
        place: 'node "/ReduceMean" (ReduceMean)',
        data: { node: '/ReduceMean', op: 'ReduceMean', reason: 'takes the mean over the batch' },
      }),
    );
  });

  const shape = (...dims: number[]) => intTensor([dims.length], dims);
  it.each([
    ['flattening the batch away', {}, [node('Flatten', ['x'], 'y', { axis: 0 })]],
    ['flattening the batch into features', {}, [node('Flatten', ['x'], 'y', { axis: 2 })]],
    ['reshaping examples over each other', { s: shape(4, -1) }, [node('Reshape', ['x', 's'], 'y')]],
    [
      'a parameter for each place in the batch',
      { w: floatTensor([1009, 1, 1], new Float32Array(1009)) },
      [node('Mul', ['x', 'w'], 'y')],
    ],
    [
      'adding examples to features',
      { s: shape(-1, 12) },
      [
        node('Reshape', ['x', 's'], 'rows'),
        node('ReduceMean', ['rows'], 'm', { axes: [1], keepdims: 0 }),
        node('Add', ['rows', 'm'], 'y'),
      ],
    ],
    [
      'a convolution over the batch',
      { w: floatTensor([1, 1, 1, 1], [1]), s: shape(1, 1, -1, 12) },
      [node('Reshape', ['x', 's'], 'image'), node('Conv', ['image', 'w'], 'y')],
    ],
    [
      'a pool over the batch',
      { s: shape(1, 1, -1, 12) },
      [node('Reshape', ['x', 's'], 'image'), node('MaxPool', ['image'], 'y', { kernel_shape: [2, 1] })],
    ],
  ])('refuses %s', (_, initializers, nodes) => {
    const graph = graphOf({ input: [3, 4], initializers, nodes });
    expect(() => isolate(graph)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^onnx\.(mixesBatch|shape)$/) }),
    );
  });

  it('follows the batch to another axis and back', () => {
    const graph = graphOf({
      input: [3, 4],
      initializers: { s: shape(1, -1, 12), back: shape(-1, 12) },
      nodes: [node('Reshape', ['x', 's'], 'moved'), node('Tanh', ['moved'], 'h'), node('Reshape', ['h', 'back'], 'y')],
    });
    const { batchAxes } = isolate(graph);
    expect(batchAxes.get('moved')).toBe(1);
    expect(batchAxes.get('y')).toBe(0);
  });
});
