import { nodeError } from '../graph/node-error.ts';
import { constantInput } from './constant-input.ts';
import type { Operator } from './operator.ts';
import { isWhole, wholeTensor } from './whole-tensor.ts';

const MOST_ENTRIES = 1_000_000;

/** Whole numbers start, start + step, … before the limit, known before any data is: positions of a sequence. */
export const range: Operator = {
  op: 'Range',
  inputs: [3, 3],
  attributes: [],
  shape(call) {
    const { node, inputs } = call;
    const { type } = inputs[0]!;
    if (!isWhole(type) || type === 'bool')
      throw nodeError(node, 'onnx.unsupportedType', `takes whole numbers, not ${type}`);
    const [start, limit, step] = ['start', 'limit', 'step'].map((what, i) => constantInput(call, i, what)[0]) as [
      number,
      number,
      number,
    ];
    const count = Math.max(0, Math.ceil((limit - start) / step));
    if (!(count <= MOST_ENTRIES)) throw nodeError(node, 'onnx.tooLarge', `counts from ${start} to ${limit} by ${step}`);
    const values = Array.from({ length: count }, (_, i) => start + i * step);
    return [{ type, dims: [count], constant: wholeTensor(type, [count], values) }];
  },
  batch: () => [null],
  flops: () => ({ forward: 0, gradients: [] }),
};
