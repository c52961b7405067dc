import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { broadcastDims, sumToExamples, sumToShape } from './broadcast.ts';
import { matrixProductRule } from './matrix-product.ts';
import type { Call, GradientCall, Operator, PerExampleRule, Value, ValueType } from './operator.ts';

/** A·B on the last two axes, with broadcasting on those before. One axis alone is a row of A, or a column of B. */
export const matMul: Operator = {
  op: 'MatMul',
  inputs: [2, 2],
  attributes: [],
  shape({ node, inputs }) {
    for (const input of inputs) {
      if (input!.type !== 'float32') throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${input!.type}`);
      if (input!.dims.length === 0) throw nodeError(node, 'onnx.shape', 'takes no scalars');
    }
    const [a, b] = matricesOf(inputs);
    if (a.dims.at(-1) !== b.dims.at(-2)) {
      const reason = `multiplies [${inputs[0]!.dims.join(', ')}] with [${inputs[1]!.dims.join(', ')}]`;
      throw nodeError(node, 'onnx.shape', reason);
    }
    const lead = broadcastDims(node, a.dims.slice(0, -2), b.dims.slice(0, -2));
    const row = inputs[0]!.dims.length === 1 ? [] : [a.dims.at(-2)!];
    const column = inputs[1]!.dims.length === 1 ? [] : [b.dims.at(-1)!];
    return [{ type: 'float32', dims: [...lead, ...row, ...column] }];
  },
  batch(call) {
    const { node } = call;
    const [left, right] = call.inputs as [Value, Value];
    const [a, b] = matricesOf([left, right]);
    const rank = Math.max(a.dims.length, b.dims.length);
    const axes = [a, b].map((matrix, i) => {
      const input = [left, right][i]!;
      if (input.batchAxis === null) return undefined;
      // A row alone has its axis last, a column alone last but one: both are summed over, as the inner axes are.
      const own = input.dims.length === 1 ? 1 - i : input.batchAxis;
      const axis = rank - matrix.dims.length + own;
      if (axis === rank - 1 - i) throw nodeError(node, 'onnx.mixesBatch', `sums "${input.name}" over the batch`);
      return axis;
    });
    const [ofA, ofB] = axes;
    if (ofA !== undefined && ofB !== undefined && ofA !== ofB)
      throw nodeError(node, 'onnx.mixesBatch', 'multiplies every example with every other');
    const axis = (ofA ?? ofB)!;
    [a, b].forEach((matrix, i) => {
      const input = [left, right][i]!;
      const along = matrix.dims[axis - rank + matrix.dims.length] ?? 1;
      if (input.batchAxis === null && axis < rank - 2 && along !== 1) {
        throw nodeError(node, 'onnx.mixesBatch', `"${input.name}" has an entry for each place in the batch`);
      }
    });
    // The axis of a row or column alone is no axis of the output.
    return [left.dims.length === 1 && axis === rank - 1 ? axis - 1 : axis];
  },
  flops({ inputs, outputs }) {
    const product = 2 * elementCount(outputs[0]!.dims) * inputs[0]!.dims.at(-1)!;
    return { forward: product, gradients: [product, product] };
  },
  vjp(original) {
    const call = promoted(original);
    const { build, inputs, wants } = call;
    const [a, b] = [inputs[0]!, inputs[1]!];
    const gradient = call.gradients[0]!;
    const lead = call.outputs[0]!.dims.slice(0, -2);
    const byA = () =>
      sumToShape(build, build.emit('MatMul', [gradient, flipped(call, b)]), [...lead, ...a.dims.slice(-2)], a.dims);
    const parts = [wants[0] ? byA() : undefined, wants[1] ? gradientByRight(call) : undefined];
    return parts.map((part, i) => (part === undefined ? undefined : reshapedTo(call, part, original.inputs[i]!.dims)));
  },
  perExample(original, input) {
    const call = promoted(original);
    const rule = weightRule(call, input);
    const { dims } = original.inputs[input]!;
    if (dims.length > 1) return rule;
    const { ghost, materialise } = rule;
    const { gradients, ...cost } = materialise;
    const batch = call.outputs[0]!.dims[call.outputs[0]!.batchAxis!]!;
    return {
      ...(ghost === undefined ? {} : { ghost }),
      materialise: { ...cost, gradients: () => reshapedTo(call, gradients(), [batch, ...dims]) },
    };
  },
  lift: {
    isometric: false,
    gradients(original, gradients, { batch }) {
      const call = promoted(original);
      const { build, inputs, outputs, wants } = call;
      const input = wants.indexOf(true);
      const matrix = inputs[input]!;
      const wide = reshapedTo(call, gradients, [batch, ...outputs[0]!.dims]);
      const factors = input === 0 ? [wide, flipped(call, inputs[1]!)] : [flipped(call, inputs[0]!), wide];
      const dims = [batch, ...outputs[0]!.dims.slice(0, -2), ...matrix.dims.slice(-2)];
      const rows: Value = { name: '', type: 'float32', dims, batchAxis: 0 };
      const summed = sumToExamples(build, build.emit('MatMul', factors), rows, matrix.dims);
      return reshapedTo(call, summed, [batch, ...original.inputs[input]!.dims]);
    },
  },
};

/** Both factors as matrices: one axis alone is a row of the first, a column of the second. */
function matricesOf<T extends ValueType>(inputs: readonly (T | undefined)[]): [T, T] {
  const [a, b] = [inputs[0]!, inputs[1]!];
  return [
    a.dims.length === 1 ? { ...a, dims: [1, ...a.dims] } : a,
    b.dims.length === 1 ? { ...b, dims: [...b.dims, 1] } : b,
  ];
}

/** The call with both factors, the output and its gradient as matrices. */
function promoted<C extends GradientCall>(call: C): C {
  const { inputs, outputs, gradients } = call;
  const [left, right] = [inputs[0]!, inputs[1]!];
  if (left.dims.length > 1 && right.dims.length > 1) return call;
  const [a, b] = matricesOf([left, right]);
  const output = outputs[0]!;
  const lead = output.dims.length - Number(left.dims.length > 1) - Number(right.dims.length > 1);
  const dims = [...output.dims.slice(0, lead), a.dims.at(-2)!, b.dims.at(-1)!];
  // Only the batch of the output's last axis moves, when the axis of a row comes before it.
  const batchAxis =
    output.batchAxis === null || left.dims.length > 1 || output.batchAxis < lead ? output.batchAxis : dims.length - 1;
  const gradient = gradients[0];
  return {
    ...call,
    inputs: [
      { ...a, name: reshapedTo(call, left.name, a.dims, left.dims) },
      { ...b, name: reshapedTo(call, right.name, b.dims, right.dims) },
    ],
    outputs: [{ ...output, dims, batchAxis }],
    gradients: [gradient === undefined ? undefined : reshapedTo(call, gradient, dims)],
  };
}

const reshapedTo = ({ build }: GradientCall, name: string, to: readonly number[], from?: readonly number[]): string =>
  from?.length === to.length ? name : build.emit('Reshape', [name, build.ints(to)]);

function weightRule(call: GradientCall, input: number): PerExampleRule {
  const { build, inputs, outputs } = call;
  const weight = inputs[input]!;
  const data = inputs[1 - input]!;
  const output = outputs[0]!;
  const rank = output.dims.length;
  const batchAxis = output.batchAxis!;
  // The axis of the output that comes from the weight, and the one that comes from the data.
  const [own, other] = input === 1 ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
  if (batchAxis === own) throw nodeError(call.node, 'onnx.notDifferentiable', 'has the batch on both factors');
  if (weight.dims.length > 2) {
    if (batchAxis === other) {
      throw nodeError(
        call.node,
        'onnx.notDifferentiable',
        `can train "${weight.name}" only with the batch before its axes`,
      );
    }
    const dims = [...output.dims.slice(0, -2), ...weight.dims.slice(-2)];
    const gradient = call.gradients[0]!;
    const factors = () => (input === 1 ? [flipped(call, data), gradient] : [gradient, flipped(call, data)]);
    return {
      materialise: {
        flops: 2 * elementCount(dims) * output.dims[other]!,
        moved: elementCount(dims),
        gradients: () => sumToExamples(build, build.emit('MatMul', factors()), { ...output, dims }, weight.dims),
      },
    };
  }
  const batch = output.dims[batchAxis]!;
  const [inner, outer] = input === 1 ? weight.dims : weight.dims.toReversed();
  const positions = elementCount(output.dims) / batch / outer!;
  return matrixProductRule(build, {
    batch,
    positions,
    inner: inner!,
    outer: outer!,
    activations: examplesFirst(call, data, {
      name: data.name,
      last: input === 1 ? data.dims.length - 1 : data.dims.length - 2,
    }),
    gradient: examplesFirst(call, output, { name: call.gradients[0]!, last: own }),
    transposed: input === 0,
  });
}

/** The value with its last two axes exchanged. */
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

/** The value as [batch, positions, width] with axis `last` as the width; [batch, width] for one position. */
function examplesFirst(
  { build }: GradientCall,
  value: Call['outputs'][0],
  { name, last }: { name: string; last: number },
): string {
  const axis = value.batchAxis!;
  const batch = value.dims[axis]!;
  const width = value.dims[last]!;
  const perm = [axis, ...value.dims.map((_, i) => i).filter((i) => i !== axis && i !== last), last];
  const first = perm.every((from, i) => from === i) ? name : build.emit('Transpose', [name], { perm });
  const positions = elementCount(value.dims) / batch / width;
  const dims = positions === 1 ? [batch, width] : [batch, positions, width];
  return dims.length === value.dims.length ? first : build.emit('Reshape', [first, build.ints(dims)]);
}
