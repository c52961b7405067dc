import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { folded } from './fold.ts';
import type { Operator } from './operator.ts';

/** True where a condition doesn't hold. */
export const not: Operator = {
  op: 'Not',
  inputs: [1, 1],
  attributes: [],
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    if (type !== 'bool') throw nodeError(call.node, 'onnx.unsupportedType', `takes bool, not ${type}`);
    return [folded(call, { type, dims }, ([x]) => x!.values.map((value) => Number(value === 0)))];
  },
  batch: ({ inputs }) => [inputs[0]!.batchAxis],
  flops: ({ outputs }) => ({ forward: elementCount(outputs[0]!.dims), gradients: [] }),
};
