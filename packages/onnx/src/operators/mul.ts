import { elementCount } from '../graph/element-count.ts';
import { broadcastBatch, broadcastPerExample, broadcastShape, sumToShape } from './broadcast.ts';
import type { GradientCall, Operator } from './operator.ts';

/** a · b with broadcasting. */
export const mul: Operator = {
  op: 'Mul',
  inputs: [2, 2],
  attributes: [],
  shape: broadcastShape,
  batch: broadcastBatch,
  flops: ({ outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    return { forward: elements, gradients: [2 * elements, 2 * elements] };
  },
  vjp: (call) =>
    call.wants.map((wanted, i) =>
      wanted ? sumToShape(call.build, local(call, i), call.outputs[0]!.dims, call.inputs[i]!.dims) : undefined,
    ),
  perExample: (call, input) => broadcastPerExample(call, input, () => local(call, input)),
};

const local = ({ build, gradients, inputs }: GradientCall, input: number): string =>
  build.emit('Mul', [gradients[0]!, inputs[1 - input]!.name]);
