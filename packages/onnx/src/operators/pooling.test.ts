import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { elementCount } from '../graph/element-count.ts';
import { inferShapes } from '../infer-shapes.ts';

const windows = [
  { kernel_shape: [2, 2] },
  { kernel_shape: [2, 2], strides: [2, 2] },
  { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] },
  { kernel_shape: [2, 3], strides: [3, 2], pads: [0, 1, 1, 1] },
  { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  { kernel_shape: [1, 4] },
];
const cases = [
  ...windows.map((attributes) => ({ op: 'MaxPool', attributes })),
  { op: 'MaxPool', attributes: { kernel_shape: [2, 2], dilations: [2, 3] } },
  { op: 'MaxPool', attributes: { kernel_shape: [3, 2], dilations: [2, 1], strides: [2, 2], pads: [1, 0, 0, 1] } },
  ...windows.map((attributes) => ({ op: 'AveragePool', attributes })),
  ...windows
    .slice(2, 4)
    .map((attributes) => ({ op: 'AveragePool', attributes: { ...attributes, count_include_pad: 1 } })),
  { op: 'GlobalAveragePool', attributes: {} },
];

describe('pooling', () => {
  it.each(cases)('$op with $attributes has the gradients of finite differences', async ({ op, attributes }) => {
    const input = [2, 6, 7];
    const probe = graphOf({ input, nodes: [node(op, ['x'], 'y', attributes)] });
    const width = elementCount(inferShapes(probe, { batch: 1 }).get('y')!.dims);
    await expectGradients({ batch: 2, graph: between({ input, width, nodes: [node(op, ['h'], 'z', attributes)] }) });
  });

  it.each(['MaxPool', 'AveragePool'])('%s with a last window that is not whole is refused', (op) => {
    const graph = graphOf({
      input: [1, 5, 5],
      nodes: [node(op, ['x'], 'y', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 })],
    });
    expect(() => inferShapes(graph, { batch: 1 })).toThrow(
      expect.objectContaining({ code: 'onnx.unsupportedAttribute' }),
    );
  });
});
