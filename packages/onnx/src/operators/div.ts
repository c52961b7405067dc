import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { tensorValues } from '../graph/tensor.ts';
import { broadcastBatch, broadcastPerExample, broadcastShape, liftBroadcast, sumToShape } from './broadcast.ts';
import type { GradientCall, Operator } from './operator.ts';

const shape = broadcastShape((a, b) => Math.trunc(a / b));

/** a / b with broadcasting; by b the derivative is −(a / b) / b. */
export const div: Operator = {
  op: 'Div',
  inputs: [2, 2],
  attributes: [],
  shape(call) {
    // A runtime stops at a whole number divided by zero; an example must not be able to stop a step.
    const { type, constant } = call.inputs[1]!;
    if (type !== 'float32' && (constant === undefined || tensorValues(constant).includes(0)))
      throw nodeError(call.node, 'onnx.shape', 'must divide whole numbers by constants other than 0');
    return shape(call);
  },
  batch: broadcastBatch,
  flops: ({ outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    return { forward: elements, gradients: [2 * elements, 4 * elements] };
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

function local({ build, inputs, outputs }: GradientCall, gradient: string, input: number): string {
  const byNumerator = build.emit('Div', [gradient, inputs[1]!.name]);
  return input === 0 ? byNumerator : build.emit('Neg', [build.emit('Mul', [byNumerator, outputs[0]!.name])]);
}
