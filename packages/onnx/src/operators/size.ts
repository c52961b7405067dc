import { elementCount } from '../graph/element-count.ts';
import { intTensor } from '../graph/tensor.ts';
import type { Operator } from './operator.ts';

/** The number of elements, known before any data is. */
export const size: Operator = {
  op: 'Size',
  inputs: [1, 1],
  attributes: [],
  shape: ({ inputs }) => [{ type: 'int64', dims: [], constant: intTensor([], [elementCount(inputs[0]!.dims)]) }],
  batch: () => [null],
  flops: () => ({ forward: 0, gradients: [] }),
};
