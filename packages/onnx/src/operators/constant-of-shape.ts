import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { floatTensor, tensorValues } from '../graph/tensor.ts';
import { constantInput } from './constant-input.ts';
import { folded } from './fold.ts';
import type { Operator, ShapeCall } from './operator.ts';

/** One number (0 by default) in a shape that is known before any data is. */
export const constantOfShape: Operator = {
  op: 'ConstantOfShape',
  inputs: [1, 1],
  attributes: ['value'],
  repeats: true,
  shape(call) {
    const dims = constantInput(call, 0, 'shape');
    if (dims.some((dim) => dim < 0)) throw nodeError(call.node, 'onnx.shape', `can't make [${dims.join(', ')}]`);
    const { type } = valueOf(call);
    // Only shapes are folded; what is as long as the batch is made by the runtime, on a batch axis.
    if (dims.length > 1) return [{ type, dims }];
    const entry = tensorValues(valueOf(call))[0]!;
    return [folded(call, { type, dims }, () => Array.from({ length: elementCount(dims) }, () => entry))];
  },
  batch: () => [null],
  flops: () => ({ forward: 0, gradients: [] }),
  lower: (call, build) => [
    build.emit('ConstantOfShape', [build.ints(call.outputs[0]!.dims)], {
      value: { kind: 'tensor', value: valueOf(call) },
    }),
  ],
};

function valueOf({ node }: ShapeCall) {
  const value = attribute(node, 'value', 'tensor') ?? floatTensor([1], [0]);
  if (elementCount(value.dims) !== 1) throw nodeError(node, 'onnx.malformed', 'has a value of several numbers');
  return { ...value, dims: [1] };
}
