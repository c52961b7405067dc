import { dataTypes } from '../graph/data-type.ts';
import { elementCount } from '../graph/element-count.ts';
import { broadcastBatch, broadcastPerExample, broadcastShape, liftBroadcast, sumToShape } from './broadcast.ts';
import type { GradientCall, Operator } from './operator.ts';

/** The table entry of the larger or smaller of two numbers; of equal ones the first gets the gradient. */
export function selection(op: 'Max' | 'Min', compute: (a: number, b: number) => number): Operator {
  const local = ({ build, inputs }: GradientCall, gradient: string, input: number): string => {
    const [a, b] = [inputs[0]!.name, inputs[1]!.name];
    const first = build.emit('Cast', [build.emit(op === 'Max' ? 'GreaterOrEqual' : 'LessOrEqual', [a, b])], {
      to: dataTypes.float32.code,
    });
    return build.emit('Mul', [gradient, input === 0 ? first : build.emit('Sub', [build.scalar(1), first])]);
  };
  return {
    op,
    inputs: [2, 2],
    attributes: [],
    shape: broadcastShape(compute),
    batch: broadcastBatch,
    flops: ({ outputs }) => {
      const elements = elementCount(outputs[0]!.dims);
      return { forward: elements, gradients: [3 * elements, 3 * elements] };
    },
    vjp: (call) =>
      call.wants.map((wanted, i) =>
        wanted
          ? sumToShape(call.build, local(call, call.gradients[0]!, i), call.outputs[0]!.dims, call.inputs[i]!.dims)
          : undefined,
      ),
    perExample: (call, input) => broadcastPerExample(call, input, () => local(call, call.gradients[0]!, input)),
    lift: liftBroadcast(local),
  };
}
