import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { axisOf } from './axis-of.ts';
import { constantInput } from './constant-input.ts';
import type { Operator, ShapeCall } from './operator.ts';

/** The mean over some axes (all by default). The axes are an attribute up to opset 17 and an input from 18 on. */
export const reduceMean: Operator = {
  op: 'ReduceMean',
  inputs: [1, 2],
  attributes: ['axes', 'keepdims', 'noop_with_empty_axes'],
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    if (type !== 'float32') throw nodeError(call.node, 'onnx.unsupportedType', `takes float32, not ${type}`);
    const axes = axesOf(call);
    const kept = keepsDims(call);
    return [{ type, dims: dims.flatMap((dim, i) => (!axes.includes(i) ? [dim] : kept ? [1] : [])) }];
  },
  batch(call) {
    const batchAxis = call.inputs[0]!.batchAxis!;
    const axes = axesOf(call);
    if (axes.includes(batchAxis)) {
      throw nodeError(
        call.node,
        'onnx.mixesBatch',
        'takes the mean over the batch',
        'Take means over the axes of one example only',
      );
    }
    return [keepsDims(call) ? batchAxis : batchAxis - axes.filter((axis) => axis < batchAxis).length];
  },
  flops: ({ inputs }) => {
    const elements = elementCount(inputs[0]!.dims);
    return { forward: elements, gradients: [elements] };
  },
  lower: (call, build) => [
    axesOf(call).length === 0
      ? build.emit('Identity', [call.inputs[0]!.name])
      : build.emit('ReduceMean', [call.inputs[0]!.name, build.ints(axesOf(call))], {
          keepdims: Number(keepsDims(call)),
        }),
  ],
  vjp: (call) => {
    const { build, gradients } = call;
    const { dims } = call.inputs[0]!;
    const axes = axesOf(call);
    const size = elementCount(axes.map((axis) => dims[axis]!));
    const shape = dims.map((dim, i) => (axes.includes(i) ? 1 : dim));
    const kept = keepsDims(call) ? gradients[0]! : build.emit('Reshape', [gradients[0]!, build.ints(shape)]);
    return [build.emit('Expand', [build.emit('Div', [kept, build.scalar(size)]), build.ints(dims)])];
  },
};

const keepsDims = ({ node }: ShapeCall): boolean => (attribute(node, 'keepdims', 'int') ?? 1) !== 0;

function axesOf(call: ShapeCall): number[] {
  const { node, inputs } = call;
  const rank = inputs[0]!.dims.length;
  const given = inputs[1] === undefined ? (attribute(node, 'axes', 'ints') ?? []) : constantInput(call, 1, 'axes');
  if (given.length > 0) {
    const axes = given.map((axis) => axisOf(node, axis, rank));
    // Named twice, an axis would count twice where the batch axis is found again among those that are left.
    if (new Set(axes).size < axes.length)
      throw nodeError(node, 'onnx.shape', `names an axis twice: ${given.join(', ')}`);
    return axes;
  }
  const none = (attribute(node, 'noop_with_empty_axes', 'int') ?? 0) !== 0;
  return none ? [] : inputs[0]!.dims.map((_, i) => i);
}
