import { attribute } from '../graph/attributes.ts';
import { nodeError } from '../graph/node-error.ts';
import { floatTensor } from '../graph/tensor.ts';
import { axisOf } from './axis-of.ts';
import { constantInput } from './constant-input.ts';
import { place } from './cut.ts';
import type { Operator, ShapeCall } from './operator.ts';

/** Parts of a tensor along an axis: of the sizes that are given, or of equal size. */
export const split: Operator = {
  op: 'Split',
  inputs: [1, 2],
  outputs: [1, 4096],
  attributes: ['axis', 'num_outputs'],
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    const axis = splitAxis(call);
    return sizesOf(call).map((size) => ({ type, dims: dims.with(axis, size) }));
  },
  batch(call) {
    const { batchAxis } = call.inputs[0]!;
    if (batchAxis === splitAxis(call)) throw nodeError(call.node, 'onnx.mixesBatch', 'splits the batch');
    return call.node.outputs.map(() => batchAxis);
  },
  flops: () => ({ forward: 0, gradients: [] }),
  lower: (call, build) =>
    build.emitAll('Split', [call.inputs[0]!.name, build.ints(sizesOf(call))], call.node.outputs.length, {
      axis: splitAxis(call),
    }),
  vjp: (call) => {
    const { build, inputs, gradients } = call;
    const axis = splitAxis(call);
    const parts = sizesOf(call).map(
      (size, i) =>
        gradients[i] ??
        build.emit('ConstantOfShape', [build.ints(inputs[0]!.dims.with(axis, size))], {
          value: { kind: 'tensor', value: floatTensor([1], [0]) },
        }),
    );
    return [build.emit('Concat', parts, { axis })];
  },
  lift: {
    isometric: false,
    gradients: (call, gradients, { batch, output }) => {
      const axis = splitAxis(call);
      const sizes = sizesOf(call);
      const start = sizes.slice(0, output).reduce((total, size) => total + size, 0);
      const { dims } = call.inputs[0]!;
      const range = { axis: axis + 1, start, end: start + sizes[output]! };
      return place(call.build, gradients, [batch, ...dims.with(axis, sizes[output]!)], range, dims[axis]!);
    },
  },
};

const splitAxis = ({ node, inputs }: ShapeCall): number =>
  axisOf(node, attribute(node, 'axis', 'int') ?? 0, inputs[0]!.dims.length);

function sizesOf(call: ShapeCall): readonly number[] {
  const { node, inputs } = call;
  const whole = inputs[0]!.dims[splitAxis(call)]!;
  const count = node.outputs.length;
  if (inputs[1] === undefined) {
    const most = Math.ceil(whole / count);
    const sizes = Array.from({ length: count }, (_, i) => Math.min(most, whole - i * most));
    if ((attribute(node, 'num_outputs', 'int') ?? count) === count && sizes.every((size) => size > 0)) return sizes;
    throw nodeError(node, 'onnx.shape', `can't split ${whole} entries into ${count} parts`);
  }
  const sizes = constantInput(call, 1, 'sizes');
  if (sizes.length !== count || sizes.some((size) => size < 0) || sizes.reduce((sum, size) => sum + size, 0) !== whole)
    throw nodeError(node, 'onnx.shape', `can't split ${whole} entries into parts of ${sizes.join(', ')}`);
  return sizes;
}
