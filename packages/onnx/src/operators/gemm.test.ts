import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { inferShapes } from '../infer-shapes.ts';
import { isolate } from '../isolate.ts';

describe('Gemm', () => {
  it.each([
    { transB: 0, weight: [4, 3] },
    { transB: 1, weight: [3, 4] },
  ])('has the gradients of finite differences with %j', ({ transB, weight }) =>
    expectGradients({
      graph: between({
        input: [4],
        width: 3,
        initializers: { w: weight, c: [3] },
        nodes: [
          node('Gemm', ['h', 'w', 'c'], 'z', {
            transB,
            alpha: { kind: 'float', value: 0.5 },
            beta: { kind: 'float', value: 2 },
          }),
        ],
      }),
    }),
  );

  it.each([[[1, 3]], [[1]], [[1, 1]]])('has them with a bias of shape %j', (bias) =>
    expectGradients({
      graph: between({
        input: [4],
        width: 3,
        initializers: { w: [4, 3], c: bias },
        nodes: [node('Gemm', ['h', 'w', 'c'], 'z')],
      }),
    }),
  );

  it('has them with the weight on the left and the batch in columns', () =>
    expectGradients({
      graph: between({
        input: [4],
        width: 3,
        initializers: { w: [5, 4], w2: [5, 3] },
        nodes: [
          node('Gemm', ['w', 'h'], 'columns', { transB: 1 }),
          node('Gemm', ['columns', 'w2'], 'z', { transA: 1 }),
        ],
      }),
    }));

  it.each([
    [
      'a product of examples with examples',
      node('Gemm', ['x', 'x'], 'y', { transB: 1 }),
      /every example with every other/,
    ],
    ['a sum over the batch', node('Gemm', ['x', 'w'], 'y', { transA: 1 }), /sums "x" over the batch/],
    ['a bias for each place in the batch', node('Gemm', ['x', 'v', 'long'], 'y'), /adds "long" along another axis/],
  ])('refuses %s', (_, bad, message) => {
    const graph = graphOf({ input: [4], initializers: { w: [1009, 2], v: [4, 2], long: [1009, 1] }, nodes: [bad] });
    expect(() => isolate(graph)).toThrow(
      expect.objectContaining({ code: 'onnx.mixesBatch', message: expect.stringMatching(message) }),
    );
  });

  it('refuses matrices that do not fit', () => {
    const graph = graphOf({ input: [4], initializers: { w: [5, 2] }, nodes: [node('Gemm', ['x', 'w'], 'y')] });
    expect(() => inferShapes(graph, { batch: 2 })).toThrow(
      expect.objectContaining({
        code: 'onnx.shape',
        place: 'node "Gemm of y" (Gemm)',
        data: { node: 'Gemm of y', op: 'Gemm', reason: 'multiplies 4 columns with 5 rows' },
      }),
    );
  });
});
