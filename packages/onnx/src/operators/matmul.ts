import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { broadcastDims, sumToShape } from './broadcast.ts';
import { denseWeightRule, sequenceWeightRule } from './matrix-product.ts';
import type { GradientCall, Operator, Value } from './operator.ts';

/** A·B on the last two axes, with broadcasting on those before. Both inputs have at least two axes. */
export const matMul: Operator = {
  op: 'MatMul',
  inputs: [2, 2],
  attributes: [],
  shape({ node, inputs }) {
    const [a, b] = [inputs[0]!, inputs[1]!];
    for (const { type } of [a, b])
      if (type !== 'float32') throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${type}`);
    if (a.dims.length < 2 || b.dims.length < 2) throw nodeError(node, 'onnx.shape', 'takes inputs of rank 2 or more');
    if (a.dims.at(-1) !== b.dims.at(-2)) {
      throw nodeError(node, 'onnx.shape', `multiplies [${a.dims.join(', ')}] with [${b.dims.join(', ')}]`);
    }
    const lead = broadcastDims(node, a.dims.slice(0, -2), b.dims.slice(0, -2));
    return [{ type: 'float32', dims: [...lead, a.dims.at(-2)!, b.dims.at(-1)!] }];
  },
  batch({ node, inputs, outputs }) {
    const rank = outputs[0]!.dims.length;
    const axes = inputs.map((input, i) => {
      if (input!.batchAxis === null) return undefined;
      const axis = rank - input!.dims.length + input!.batchAxis;
      // The inner axis is the last of A and the last but one of B.
      if (axis === rank - 1 - i) throw nodeError(node, 'onnx.mixesBatch', `sums "${input!.name}" over the batch`);
      return axis;
    });
    const [a, b] = axes;
    if (a !== undefined && b !== undefined && a !== b)
      throw nodeError(node, 'onnx.mixesBatch', 'multiplies every example with every other');
    const axis = (a ?? b)!;
    inputs.forEach((input) => {
      const along = input!.dims[axis - rank + input!.dims.length] ?? 1;
      if (input!.batchAxis === null && axis < rank - 2 && along !== 1) {
        throw nodeError(node, 'onnx.mixesBatch', `"${input!.name}" has an entry for each place in the batch`);
      }
    });
    return [axis];
  },
  flops({ inputs, outputs }) {
    const product = 2 * elementCount(outputs[0]!.dims) * inputs[0]!.dims.at(-1)!;
    return { forward: product, gradients: [product, product] };
  },
  vjp(call) {
    const { build, inputs, wants } = call;
    const [a, b] = [inputs[0]!, inputs[1]!];
    const gradient = call.gradients[0]!;
    const lead = call.outputs[0]!.dims.slice(0, -2);
    const byA = () =>
      sumToShape(build, build.emit('MatMul', [gradient, flipped(call, b)]), [...lead, ...a.dims.slice(-2)], a.dims);
    return [wants[0] ? byA() : undefined, wants[1] ? gradientByRight(call) : undefined];
  },
  perExample(call, input) {
    const { build, inputs, outputs } = call;
    const weight = inputs[input]!;
    const data = inputs[1 - input]!;
    const output = outputs[0]!;
    if (input !== 1 || weight.dims.length !== 2 || output.batchAxis === output.dims.length - 1) {
      throw nodeError(call.node, 'onnx.notDifferentiable', 'can train only a matrix on its right side');
    }
    const batch = output.dims[output.batchAxis!]!;
    const [inner, outer] = weight.dims as [number, number];
    const positions = elementCount(output.dims) / batch / outer;
    const product = {
      batch,
      inner,
      outer,
      activations: examplesFirst(call, data.name, data, positions, inner),
      gradient: examplesFirst(call, call.gradients[0]!, output, positions, outer),
      transposed: false,
    };
    return positions === 1 ? denseWeightRule(build, product) : sequenceWeightRule(build, { ...product, positions });
  },
};

/** B with its last two axes exchanged. */
function flipped({ build }: GradientCall, value: Value): string {
  const rank = value.dims.length;
  const perm = value.dims.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return build.emit('Transpose', [value.name], { perm });
}

function gradientByRight(call: GradientCall): string {
  const { build, inputs, outputs } = call;
  const [a, b] = [inputs[0]!, inputs[1]!];
  const gradient = call.gradients[0]!;
  if (b.dims.length === 2) {
    // One product over all rows of all leading axes.
    const rows = (name: string, width: number) => build.emit('Reshape', [name, build.ints([-1, width])]);
    const [left, right] =
      a.dims.length === 2 ? [a.name, gradient] : [rows(a.name, b.dims[0]!), rows(gradient, b.dims[1]!)];
    return build.emit('Gemm', [left, right], { transA: 1 });
  }
  const lead = outputs[0]!.dims.slice(0, -2);
  return sumToShape(build, build.emit('MatMul', [flipped(call, a), gradient]), [...lead, ...b.dims.slice(-2)], b.dims);
}

/** The value as [batch, positions, width], or [batch, width] for one position. */
function examplesFirst({ build }: GradientCall, name: string, value: Value, positions: number, width: number): string {
  const axis = value.batchAxis!;
  const batch = value.dims[axis]!;
  const perm = [axis, ...value.dims.map((_, i) => i).filter((i) => i !== axis)];
  const first = axis === 0 ? name : build.emit('Transpose', [name], { perm });
  const dims = positions === 1 ? [batch, width] : [batch, positions, width];
  return dims.length === value.dims.length ? first : build.emit('Reshape', [first, build.ints(dims)]);
}
