import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { isolate } from '../isolate.ts';

describe('MatMul', () => {
  it('has the gradients of finite differences for rows', () =>
    expectGradients({
      graph: between({ input: [4], width: 3, initializers: { w: [4, 3] }, nodes: [node('MatMul', ['h', 'w'], 'z')] }),
    }));

  it.each([
    [[3, 4], [4, 2], 6],
    [[2, 3, 4], [4, 2], 12],
    [[9, 2], [2, 2], 18],
  ])('has them for a weight used at the positions of %j', (input, weight, width) =>
    expectGradients({
      graph: between({ input, width, initializers: { w: weight }, nodes: [node('MatMul', ['h', 'w'], 'z')] }),
    }),
  );

  it('has them for a product of two values of one example', () =>
    expectGradients({
      graph: between({
        input: [3, 3],
        width: 9,
        initializers: { w: [3, 3] },
        nodes: [node('MatMul', ['h', 'w'], 'v'), node('MatMul', ['h', 'v'], 'z')],
      }),
    }));

  it.each([
    ['over the batch', ['w', 'x'], /sums "x" over the batch/],
    ['of all examples', ['x', 'flat'], /sums "flat" over the batch|every example/],
  ])('refuses products %s', (_, inputs, message) => {
    const graph = graphOf({
      input: [1009],
      initializers: { w: [4, 1009] },
      nodes: [node('Identity', ['x'], 'flat'), node('MatMul', inputs, 'y')],
    });
    expect(() => isolate(graph)).toThrow(
      expect.objectContaining({ code: 'onnx.mixesBatch', message: expect.stringMatching(message) }),
    );
  });
});
