import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { intTensor } from '../graph/tensor.ts';
import { inferShapes } from '../infer-shapes.ts';
import { isolate } from '../isolate.ts';

const reshapeTo = (shape: readonly number[], attributes = {}) =>
  graphOf({
    input: [4, 6],
    initializers: { shape: intTensor([shape.length], shape) },
    nodes: [node('Reshape', ['x', 'shape'], 'y', attributes)],
  });

describe('Reshape', () => {
  it('has the gradients of finite differences', () =>
    expectGradients({
      graph: between({
        input: [2, 3],
        width: 6,
        initializers: { shape: intTensor([3], [0, 3, -1]), w: [2, 2] },
        nodes: [node('Reshape', ['h', 'shape'], 'r'), node('MatMul', ['r', 'w'], 'z')],
      }),
    }));

  it.each([
    [
      [-1, 24],
      [7, 24],
    ],
    [
      [0, 2, 12],
      [7, 2, 12],
    ],
    [
      [-1, 4, 6, 1],
      [7, 4, 6, 1],
    ],
    [
      [0, 0, -1],
      [7, 4, 6],
    ],
  ])('to %j keeps examples apart', (shape, dims) => {
    expect(inferShapes(reshapeTo(shape), { batch: 7 }).get('y')!.dims).toEqual(dims);
    expect(isolate(reshapeTo(shape)).batchAxes.get('y')).toBe(0);
  });

  it.each([[[-1, 12]], [[2, -1, 24]], [[24, -1]], [[-1]]])('to %j puts examples together', (shape) => {
    expect(() => isolate(reshapeTo(shape))).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/mixesBatch|shape/) }),
    );
  });

  it('with the batch size written in is refused with a hint', () => {
    expect(() => isolate(reshapeTo([7, 24]))).toThrow(
      expect.objectContaining({ code: 'onnx.shape', hint: expect.stringContaining('dynamic batch axis') }),
    );
  });
});
