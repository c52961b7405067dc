import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { openModel, runStep } from '../../test/run-step.ts';
import { compileStep } from '../compile-step.ts';
import { elementCount } from '../graph/element-count.ts';
import { intTensor } from '../graph/tensor.ts';
import { inferShapes } from '../infer-shapes.ts';
import { isolate } from '../isolate.ts';

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
  { op: 'GlobalMaxPool', attributes: {} },
];

const signals = [
  { kernel_shape: [2], strides: [2] },
  { kernel_shape: [3], pads: [1, 1] },
  { kernel_shape: [3], strides: [2], pads: [1, 0] },
];

describe('pooling', () => {
  it.each(signals.flatMap((attributes) => ['MaxPool', 'AveragePool'].map((op) => ({ op, attributes }))))(
    '$op of signals with $attributes has the gradients of finite differences',
    async ({ op, attributes }) => {
      const input = [2, 8];
      const probe = graphOf({ input, nodes: [node(op, ['x'], 'y', attributes)] });
      const width = elementCount(inferShapes(probe, { batch: 1 }).get('y')!.dims);
      await expectGradients({ batch: 2, graph: between({ input, width, nodes: [node(op, ['h'], 'z', attributes)] }) });
    },
  );

  it.each(cases)('$op with $attributes has the gradients of finite differences', async ({ op, attributes }) => {
    const input = [2, 6, 7];
    const probe = graphOf({ input, nodes: [node(op, ['x'], 'y', attributes)] });
    const width = elementCount(inferShapes(probe, { batch: 1 }).get('y')!.dims);
    await expectGradients({ batch: 2, graph: between({ input, width, nodes: [node(op, ['h'], 'z', attributes)] }) });
  });

  it('MaxPool gives the gradient of a tie to the first entry, row by row, as PyTorch does', async () => {
    const graph = graphOf({
      input: [1, 3, 3],
      initializers: { shift: [1, 3, 3] },
      nodes: [
        node('Add', ['x', 'shift'], 'h'),
        node('MaxPool', ['h'], 'z', { kernel_shape: [2, 2] }),
        node('Flatten', ['z'], 'y'),
      ],
    });
    const step = compileStep(graph, { loss: 'mean-squared-error', batch: 1, private: false });
    const { sums } = await runStep(step, await openModel(step.model), {
      example: [5, 5, 1, 5, 5, 1, 0, 0, 0],
      target: [3, 3, 3, 3],
      clipNorm: 1,
      parameters: new Map([['shift', new Float32Array(9)]]),
    });
    // Each window's maximum is 5 and its gradient 2·(5 − 3)/4 = 1. The windows start at entries 0, 1, 3 and 4.
    expect(sums.get('shift')).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
  });

  it.each(['GlobalAveragePool', 'GlobalMaxPool'])('%s is refused where the batch is among the pixels', (op) => {
    const graph = graphOf({
      input: [3],
      initializers: { w: [3, 3], shape: intTensor([3], [3, 1, -1]) },
      nodes: [node('Gemm', ['w', 'x'], 'h', { transB: 1 }), node('Reshape', ['h', 'shape'], 'r'), node(op, ['r'], 'y')],
    });
    expect(() => isolate(graph)).toThrow(
      expect.objectContaining({ code: 'onnx.mixesBatch', place: `node "${op} of y" (${op})` }),
    );
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
