import { expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { isolate } from '../isolate.ts';

it.each([-1, 1, 2])('Softmax on axis %d has the gradients of finite differences', (axis) =>
  expectGradients({
    graph: between({ input: [2, 3], width: 6, nodes: [node('Softmax', ['h'], 'z', { axis })] }),
  }),
);

it('Softmax over the batch is refused by name', () => {
  const graph = graphOf({ input: [3], nodes: [node('Softmax', ['x'], 'y', { axis: 0 })] });
  expect(() => isolate(graph)).toThrow(
    expect.objectContaining({
      code: 'onnx.mixesBatch',
      data: { node: 'Softmax of y', op: 'Softmax', reason: 'normalises over the batch' },
    }),
  );
});
