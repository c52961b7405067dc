import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import type { Operator } from './operator.ts';

/** The mean over all axes after the second of [batch, channels, …]; the axes stay, with size 1. */
export const globalAveragePool: Operator = {
  op: 'GlobalAveragePool',
  inputs: [1, 1],
  attributes: [],
  shape({ node, inputs }) {
    const { type, dims } = inputs[0]!;
    if (type !== 'float32') throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${type}`);
    if (dims.length < 3) throw nodeError(node, 'onnx.shape', `takes [batch, channels, …], not [${dims.join(', ')}]`);
    return [{ type, dims: dims.map((dim, i) => (i < 2 ? dim : 1)) }];
  },
  batch({ node, inputs }) {
    const { batchAxis } = inputs[0]!;
    if (batchAxis! > 1) throw nodeError(node, 'onnx.mixesBatch', 'takes the mean over the batch');
    return [batchAxis];
  },
  flops: ({ inputs }) => {
    const elements = elementCount(inputs[0]!.dims);
    return { forward: elements, gradients: [elements] };
  },
  vjp: ({ build, inputs, gradients }) => {
    const { dims } = inputs[0]!;
    const each = build.emit('Mul', [gradients[0]!, build.scalar(1 / elementCount(dims.slice(2)))]);
    return [build.emit('Expand', [each, build.ints(dims)])];
  },
};
