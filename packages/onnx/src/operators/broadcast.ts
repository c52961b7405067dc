import type { Builder } from '../build/builder.ts';
import { nodeError } from '../graph/node-error.ts';
import { elementCount } from '../graph/element-count.ts';
import { broadcastPlaces, folded } from './fold.ts';
import type { BatchCall, GradientCall, Operator, PerExampleRule, ShapeCall, Value, ValueType } from './operator.ts';
import type { Node } from '../graph/graph.ts';

/**
 * The shape of two shapes broadcast together (ONNX multidirectional broadcasting).
 *
 * @throws `onnx.shape`
 */
export function broadcastDims(node: Node, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw nodeError(
        node,
        'onnx.shape',
        `the shapes [${a.join(', ')}] and [${b.join(', ')}] can't be broadcast together`,
      );
    }
    return x === 1 ? y : x;
  });
}

/** Shape rule of an elementwise operator on two numbers of one type; whole numbers that are known are computed. */
export const broadcastShape =
  (compute: (a: number, b: number) => number) =>
  (call: ShapeCall): [ValueType] => {
    const [a, b] = [call.inputs[0]!, call.inputs[1]!];
    if (a.type !== b.type || a.type === 'bool') {
      const reason = `inputs of types ${a.type} and ${b.type} don't go together`;
      throw nodeError(call.node, 'onnx.unsupportedType', reason);
    }
    const dims = broadcastDims(call.node, a.dims, b.dims);
    return [
      folded(call, { type: a.type, dims }, ([x, y]) => {
        const ofB = broadcastPlaces(dims, y!.dims);
        return broadcastPlaces(dims, x!.dims).map((place, i) => compute(x!.values[place]!, y!.values[ofB[i]!]!));
      }),
    ];
  };

/**
 * Batch rule of elementwise operators with broadcasting: all batched inputs must have the batch on the same axis of the
 * output, and inputs without a batch must not vary along it.
 */
export function broadcastBatch({ node, inputs, outputs }: BatchCall): [number] {
  const rank = outputs[0]!.dims.length;
  let axis: number | undefined;
  for (const input of inputs) {
    if (input === undefined || input.batchAxis === null) continue;
    const aligned = rank - input.dims.length + input.batchAxis;
    if (axis !== undefined && aligned !== axis) {
      throw nodeError(
        node,
        'onnx.mixesBatch',
        `meets the batch on axis ${axis} of one input and axis ${aligned} of another`,
      );
    }
    axis = aligned;
  }
  for (const input of inputs) {
    if (input === undefined || input.batchAxis !== null) continue;
    const dim = input.dims[axis! - rank + input.dims.length] ?? 1;
    if (dim !== 1) throw nodeError(node, 'onnx.mixesBatch', `"${input.name}" has an entry for each place in the batch`);
  }
  return [axis!];
}

/** The gradient summed down to a shape that was broadcast to `from`. */
export function sumToShape(build: Builder, gradient: string, from: readonly number[], to: readonly number[]): string {
  const lead = from.length - to.length;
  const axes = from.flatMap((dim, i) => (i < lead || (to[i - lead] === 1 && dim !== 1) ? [i] : []));
  if (axes.length === 0) return gradient;
  const summed = build.emit('ReduceSum', [gradient, build.ints(axes)], { keepdims: 1 });
  return lead === 0 ? summed : build.emit('Reshape', [summed, build.ints(to)]);
}

/** Per-example gradients [batch, ...dims] of a parameter that was broadcast into an output with gradient `gradient`. */
export function sumToExamples(build: Builder, gradient: string, output: Value, dims: readonly number[]): string {
  const axis = output.batchAxis!;
  const lead = output.dims.length - dims.length;
  const batch = output.dims[axis]!;
  const axes = output.dims.flatMap((dim, i) =>
    i !== axis && dim !== 1 && (i < lead || dims[i - lead] === 1) ? [i] : [],
  );
  const summed = axes.length === 0 ? gradient : build.emit('ReduceSum', [gradient, build.ints(axes)], { keepdims: 1 });
  if (axis !== 0) {
    // Moving the batch first keeps the order of the other axes, which are the parameter's (and ones).
    const order = [axis, ...output.dims.map((_, i) => i).filter((i) => i !== axis)];
    return build.emit('Reshape', [build.emit('Transpose', [summed], { perm: order }), build.ints([batch, ...dims])]);
  }
  const shape = [batch, ...dims];
  const now = output.dims.map((dim, i) => (axes.includes(i) ? 1 : dim));
  return now.length === shape.length && now.every((dim, i) => dim === shape[i])
    ? summed
    : build.emit('Reshape', [summed, build.ints(shape)]);
}

/** Per-example rule of an elementwise operator: `local` gives d output / d input times the output's gradient. */
export function broadcastPerExample(call: GradientCall, input: number, local: () => string): PerExampleRule {
  const output = call.outputs[0]!;
  return {
    materialise: {
      flops: 2 * elementCount(output.dims),
      moved: elementCount(output.dims),
      gradients: () => sumToExamples(call.build, local(), output, call.inputs[input]!.dims),
    },
  };
}

/**
 * Leads per-example gradients back through an elementwise operator on parameters: `local` gives d output / d input times
 * gradients [batch, ...shape of the output], where the other inputs broadcast against the rows.
 */
export function liftBroadcast(
  local: (call: GradientCall, gradients: string, input: number) => string,
): NonNullable<Operator['lift']> {
  return {
    isometric: false,
    gradients: (call, gradients, { batch }) => {
      const input = call.wants.indexOf(true);
      const rows: Value = { name: '', type: 'float32', dims: [batch, ...call.outputs[0]!.dims], batchAxis: 0 };
      return sumToExamples(call.build, local(call, gradients, input), rows, call.inputs[input]!.dims);
    },
  };
}
