import { dataTypes } from '../graph/data-type.ts';
import { nodeError } from '../graph/node-error.ts';
import { intTensor } from '../graph/tensor.ts';
import type { GradientCall, Operator } from './operator.ts';
import { reducedAxes, reduction } from './reduction.ts';

/** The table entry of the largest or smallest entry over some axes; of equal ones the first gets the gradient. */
export function extreme(op: 'ReduceMax' | 'ReduceMin'): Operator {
  return reduction({
    op,
    refusal: `takes the ${op === 'ReduceMax' ? 'largest' : 'smallest'} entry of the batch`,
    gradient: (call, gradient) => call.build.emit('Mul', [gradient, firstOf(call, op)]),
  });
}

/** 1 at the entry that was taken, 0 elsewhere. */
function firstOf(call: GradientCall, op: string): string {
  const { build, node, inputs } = call;
  const axes = reducedAxes(call);
  const { dims, name } = inputs[0]!;
  const [axis, ...more] = axes.toSorted((a, b) => a - b) as [number, ...number[]];
  if (axes.length === 0) return build.scalar(1);
  // Neighbouring axes are one axis in row-major order.
  if (more.some((next, i) => next !== axis + i + 1)) {
    throw nodeError(node, 'onnx.notDifferentiable', `has no gradient over the axes ${axes.join(', ')}`);
  }
  const size = axes.reduce((product, i) => product * dims[i]!, 1);
  const flat = [...dims.slice(0, axis), size, ...dims.slice(axis + axes.length)];
  const joined = build.emit('Reshape', [name, build.ints(flat)]);
  const first = build.emit(op === 'ReduceMax' ? 'ArgMax' : 'ArgMin', [joined], { axis, keepdims: 1 });
  const places = build.constant(
    intTensor(
      [size, ...flat.slice(axis + 1).map(() => 1)],
      Array.from({ length: size }, (_, i) => i),
    ),
  );
  const taken = build.emit('Cast', [build.emit('Equal', [first, places])], { to: dataTypes.float32.code });
  return build.emit('Reshape', [taken, build.ints(dims)]);
}
