import { elementCount } from '../graph/element-count.ts';
import { broadcastBatch, broadcastPerExample, broadcastShape, sumToShape } from './broadcast.ts';
import type { GradientCall, Operator } from './operator.ts';

/** a / b with broadcasting; by b the derivative is −(a / b) / b. */
export const div: Operator = {
  op: 'Div',
  inputs: [2, 2],
  attributes: [],
  shape: broadcastShape,
  batch: broadcastBatch,
  flops: ({ outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    return { forward: elements, gradients: [2 * elements, 4 * elements] };
  },
  vjp: (call) =>
    call.wants.map((wanted, i) =>
      wanted ? sumToShape(call.build, local(call, i), call.outputs[0]!.dims, call.inputs[i]!.dims) : undefined,
    ),
  perExample: (call, input) => broadcastPerExample(call, input, () => local(call, input)),
};

function local({ build, gradients, inputs, outputs }: GradientCall, input: number): string {
  const byNumerator = build.emit('Div', [gradients[0]!, inputs[1]!.name]);
  return input === 0 ? byNumerator : build.emit('Neg', [build.emit('Mul', [byNumerator, outputs[0]!.name])]);
}
