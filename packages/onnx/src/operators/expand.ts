import { nodeError } from '../graph/node-error.ts';
import { broadcastBatch, broadcastDims, broadcastPerExample, liftBroadcast, sumToShape } from './broadcast.ts';
import { constantInput } from './constant-input.ts';
import { broadcastPlaces, folded } from './fold.ts';
import type { Operator } from './operator.ts';

/** The input broadcast to a shape: axes of one entry are repeated. */
export const expand: Operator = {
  op: 'Expand',
  inputs: [2, 2],
  attributes: [],
  repeats: true,
  shape(call) {
    const { node, inputs } = call;
    const { type, dims } = inputs[0]!;
    const wanted = constantInput(call, 1, 'shape');
    if (wanted.some((dim) => dim < 1)) throw nodeError(node, 'onnx.shape', `can't expand to [${wanted.join(', ')}]`);
    const to = broadcastDims(node, dims, wanted);
    // Only shapes are folded; what is as long as the batch is repeated by the runtime, on a batch axis.
    return [
      to.length > 1
        ? { type, dims: to }
        : folded(call, { type, dims: to }, ([x]) => broadcastPlaces(to, dims).map((at) => x!.values[at]!)),
    ];
  },
  batch: (call) => broadcastBatch({ ...call, inputs: [call.inputs[0]] }),
  flops: ({ outputs }) => ({ forward: 0, gradients: [outputs[0]!.dims.reduce((product, dim) => product * dim, 1)] }),
  lower: ({ inputs, outputs }, build) => [build.emit('Expand', [inputs[0]!.name, build.ints(outputs[0]!.dims)])],
  vjp: ({ build, inputs, outputs, gradients }) => [sumToShape(build, gradients[0]!, outputs[0]!.dims, inputs[0]!.dims)],
  perExample: (call, input) => broadcastPerExample(call, input, () => call.gradients[0]!),
  lift: liftBroadcast((_, gradients) => gradients),
};
