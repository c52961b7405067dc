import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { floatTensor } from '../graph/tensor.ts';
import { nodeError } from '../graph/node-error.ts';
import { onImages } from './on-images.ts';
import type { Operator, ShapeCall } from './operator.ts';
import { addWindowEntries, type Shaped } from './slide.ts';
import { windowAttributes, windowCounts, windowsOf, type WindowAxis } from './windows.ts';

/** The mean of each window of [batch, channels, height, width] or [batch, channels, width]; padding counts when `count_include_pad` says so. */
export const averagePool: Operator = {
  op: 'AveragePool',
  inputs: [1, 1],
  attributes: [...windowAttributes, 'ceil_mode', 'count_include_pad'],
  check(node) {
    if ((attribute(node, 'dilations', 'ints') ?? []).some((dilation) => dilation !== 1)) {
      throw nodeError(node, 'onnx.unsupportedAttribute', 'dilations are not supported');
    }
  },
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    if (type !== 'float32') throw nodeError(call.node, 'onnx.unsupportedType', `takes float32, not ${type}`);
    return [{ type, dims: [dims[0]!, dims[1]!, ...windowCounts(windowsOf(call), dims)] }];
  },
  batch: (call) => {
    const { batchAxis } = call.inputs[0]!;
    if (batchAxis! > 1) throw nodeError(call.node, 'onnx.mixesBatch', 'takes the mean over the batch');
    return [batchAxis];
  },
  flops: (call) => {
    const [height, width] = windowsOf(call);
    const elements = elementCount(call.outputs[0]!.dims);
    return {
      forward: elements * height.kernel * width.kernel,
      gradients: [elements * (height.kernel + width.kernel + 1)],
    };
  },
  vjp: onImages((call) => {
    const { build, outputs, gradients } = call;
    const [height, width] = windowsOf(call);
    const { dims } = outputs[0]!;
    const shares = build.constant(floatTensor([1, 1, height.count, width.count], sharesOf(call, height, width)));
    const each: Shaped = { name: build.emit('Mul', [gradients[0]!, shares]), dims };
    // Each window gives the same to all its places: once along the columns, once along the rows.
    const repeated = (value: Shaped, times: number) => Array.from({ length: times }, () => value);
    const byColumns = addWindowEntries(build, repeated(each, height.kernel), 2, height);
    return [addWindowEntries(build, repeated(byColumns, width.kernel), 3, width).name];
  }),
};

/** One over the number of entries that each window averages. */
function sharesOf({ node }: ShapeCall, height: WindowAxis, width: WindowAxis): number[] {
  const withPad = (attribute(node, 'count_include_pad', 'int') ?? 0) !== 0;
  const counts = ({ count, kernel, stride, before, size }: WindowAxis) =>
    Array.from({ length: count }, (_, i) => {
      const start = i * stride - before;
      return withPad ? kernel : Math.min(start + kernel, size) - Math.max(start, 0);
    });
  const columns = counts(width);
  return counts(height).flatMap((rows) => columns.map((entries) => 1 / (rows * entries)));
}
