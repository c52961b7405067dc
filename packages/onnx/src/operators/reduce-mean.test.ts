import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { intTensor } from '../graph/tensor.ts';
import { inferShapes } from '../infer-shapes.ts';
import { isolate } from '../isolate.ts';

describe('ReduceMean', () => {
  it.each([
    { axes: [2], keepdims: 1, width: 2 },
    { axes: [-1], keepdims: 0, width: 2 },
    { axes: [1, 2], keepdims: 1, width: 1 },
    { axes: [-2], keepdims: 0, width: 3 },
  ])('has the gradients of finite differences with $axes, keepdims $keepdims', ({ axes, keepdims, width }) =>
    expectGradients({
      graph: between({ input: [2, 3], width, nodes: [node('ReduceMean', ['h'], 'z', { axes, keepdims })] }),
    }),
  );

  it('reads its axes from an input since opset 18', () =>
    expectGradients({
      graph: between({
        input: [2, 3],
        width: 3,
        opset: 18,
        initializers: { axes: intTensor([1], [1]) },
        nodes: [node('ReduceMean', ['h', 'axes'], 'z')],
      }),
    }));

  it.each([{ axes: [0] }, { axes: [-3, 1] }, {}])('refuses a mean over the batch: %j', (attributes) => {
    const graph = graphOf({ input: [2, 3], nodes: [node('ReduceMean', ['x'], 'y', attributes)] });
    expect(() => isolate(graph)).toThrow(expect.objectContaining({ code: 'onnx.mixesBatch' }));
  });

  it('gives the shape that ONNX says', () => {
    const graph = graphOf({ input: [2, 3], nodes: [node('ReduceMean', ['x'], 'y', { axes: [1], keepdims: 0 })] });
    expect(inferShapes(graph, { batch: 5 }).get('y')!.dims).toEqual([5, 3]);
  });
});
