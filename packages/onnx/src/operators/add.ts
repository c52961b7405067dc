import { elementCount } from '../graph/element-count.ts';
import { broadcastBatch, broadcastPerExample, broadcastShape, liftBroadcast, sumToShape } from './broadcast.ts';
import type { Operator } from './operator.ts';

/** a + b with broadcasting. */
export const add: Operator = {
  op: 'Add',
  inputs: [2, 2],
  attributes: [],
  shape: broadcastShape((a, b) => a + b),
  batch: broadcastBatch,
  flops: ({ inputs, outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    const sum = inputs.map((input) => (elementCount(input!.dims) < elements ? elements : 0));
    return { forward: elements, gradients: sum };
  },
  vjp: ({ build, inputs, outputs, gradients }) =>
    inputs.map((input) => sumToShape(build, gradients[0]!, outputs[0]!.dims, input!.dims)),
  perExample: (call, input) => broadcastPerExample(call, input, () => call.gradients[0]!),
  lift: liftBroadcast((_, gradients) => gradients),
};
