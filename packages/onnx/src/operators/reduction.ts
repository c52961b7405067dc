import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { axisOf } from './axis-of.ts';
import { constantInput } from './constant-input.ts';
import type { GradientCall, Operator, ShapeCall } from './operator.ts';

/** What is special about an operator that takes some axes of one float tensor together. */
export interface Reduction {
  readonly op: string;
  /** Says over the batch what the operator does, for its refusal: "takes the mean over the batch". */
  readonly refusal: string;
  readonly lower?: Operator['lower'];
  /**
   * The gradient by the input, in its shape or one that broadcasts to it: `gradient` has the output's shape with the reduced
   * axes as ones.
   */
  gradient(call: GradientCall, gradient: string): string;
}

/** The table entry of a reduction. The axes are an attribute up to opset 17 (12 for ReduceSum) and an input after. */
export function reduction({ op, refusal, lower, gradient }: Reduction): Operator {
  const byInput = (call: GradientCall): string => gradient(call, keptGradient(call));
  return {
    op,
    inputs: [1, 2],
    attributes: ['axes', 'keepdims', 'noop_with_empty_axes'],
    shape(call) {
      const { type, dims } = call.inputs[0]!;
      if (type !== 'float32') throw nodeError(call.node, 'onnx.unsupportedType', `takes float32, not ${type}`);
      const axes = reducedAxes(call);
      const kept = keepsDims(call);
      return [{ type, dims: dims.flatMap((dim, i) => (!axes.includes(i) ? [dim] : kept ? [1] : [])) }];
    },
    batch(call) {
      const batchAxis = call.inputs[0]!.batchAxis!;
      const axes = reducedAxes(call);
      if (axes.includes(batchAxis))
        throw nodeError(call.node, 'onnx.mixesBatch', refusal, 'Reduce the axes of one example only');
      return [keepsDims(call) ? batchAxis : batchAxis - axes.filter((axis) => axis < batchAxis).length];
    },
    flops: ({ inputs }) => {
      const elements = elementCount(inputs[0]!.dims);
      return { forward: elements, gradients: [elements] };
    },
    lower: (call, build) =>
      reducedAxes(call).length === 0
        ? [build.emit('Identity', [call.inputs[0]!.name])]
        : (lower?.(call, build) ?? [
            build.emit(op, [call.inputs[0]!.name, build.ints(reducedAxes(call))], {
              keepdims: Number(keepsDims(call)),
            }),
          ]),
    vjp: (call) => {
      const { build, inputs } = call;
      return [build.emit('Expand', [byInput(call), build.ints(inputs[0]!.dims)])];
    },
    lift: {
      isometric: false,
      gradients: (call, gradients, { batch }) => {
        const { build, inputs } = call;
        const kept = build.emit('Reshape', [gradients, build.ints([batch, ...keptDims(call)])]);
        return build.emit('Expand', [gradient(call, kept), build.ints([batch, ...inputs[0]!.dims])]);
      },
    },
  };
}

/** Whether the reduced axes stay, with size 1. */
export const keepsDims = ({ node }: ShapeCall): boolean => (attribute(node, 'keepdims', 'int') ?? 1) !== 0;

/** The output's gradient with the reduced axes as ones. */
const keptGradient = (call: GradientCall): string =>
  keepsDims(call)
    ? call.gradients[0]!
    : call.build.emit('Reshape', [call.gradients[0]!, call.build.ints(keptDims(call))]);

/** The input's shape with the reduced axes as ones. */
export const keptDims = (call: ShapeCall): number[] => {
  const axes = reducedAxes(call);
  return call.inputs[0]!.dims.map((dim, i) => (axes.includes(i) ? 1 : dim));
};

/** The entries that one entry of the output is made of. */
export const reducedCount = (call: ShapeCall): number =>
  elementCount(reducedAxes(call).map((axis) => call.inputs[0]!.dims[axis]!));

/**
 * The axes that are reduced, from 0: all when none is given.
 *
 * @throws `onnx.shape` for an axis that doesn't exist or is named twice
 */
export function reducedAxes(call: ShapeCall): number[] {
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
