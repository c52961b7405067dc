import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { tensorValues } from '../graph/tensor.ts';
import { broadcastBatch, broadcastShape } from './broadcast.ts';
import type { Operator } from './operator.ts';

const shape = broadcastShape((a, b) => a - b * Math.floor(a / b));

/** What is left of whole numbers after division, with the sign of the divisor. It has no gradient. */
export const mod: Operator = {
  op: 'Mod',
  inputs: [2, 2],
  attributes: ['fmod'],
  check(node) {
    if ((attribute(node, 'fmod', 'int') ?? 0) !== 0)
      throw nodeError(node, 'onnx.unsupportedAttribute', 'fmod is not supported');
  },
  shape(call) {
    const { type } = call.inputs[0]!;
    if (type !== 'int64' && type !== 'int32')
      throw nodeError(call.node, 'onnx.unsupportedType', `takes whole numbers, not ${type}`);
    // A runtime stops at a division by zero; an example must not be able to stop a step.
    const { constant } = call.inputs[1]!;
    if (constant === undefined || tensorValues(constant).includes(0))
      throw nodeError(call.node, 'onnx.shape', 'must divide by constants other than 0');
    return shape(call);
  },
  batch: broadcastBatch,
  flops: ({ outputs }) => ({ forward: elementCount(outputs[0]!.dims), gradients: [] }),
};
