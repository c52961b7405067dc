import { elementCount } from '../graph/element-count.ts';
import { broadcastBatch, broadcastPerExample, broadcastShape, liftBroadcast, sumToShape } from './broadcast.ts';
import type { GradientCall, Operator } from './operator.ts';

/** a − b with broadcasting. */
export const sub: Operator = {
  op: 'Sub',
  inputs: [2, 2],
  attributes: [],
  shape: broadcastShape((a, b) => a - b),
  batch: broadcastBatch,
  flops: ({ outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    return { forward: elements, gradients: [elements, 2 * elements] };
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

function local({ build }: GradientCall, gradient: string, input: number): string {
  return input === 0 ? gradient : build.emit('Neg', [gradient]);
}
