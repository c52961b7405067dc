import { attribute } from '../graph/attributes.ts';
import { intTensor } from '../graph/tensor.ts';
import type { Operator } from './operator.ts';

/** The shape, or a part of it, known before any data is: the batch size is fixed when a graph is compiled. */
export const shape: Operator = {
  op: 'Shape',
  inputs: [1, 1],
  attributes: ['start', 'end'],
  shape({ node, inputs }) {
    const { dims } = inputs[0]!;
    const part = dims.slice(attribute(node, 'start', 'int') ?? 0, attribute(node, 'end', 'int') ?? dims.length);
    return [{ type: 'int64', dims: [part.length], constant: intTensor([part.length], part) }];
  },
  batch: () => [null],
  flops: () => ({ forward: 0, gradients: [] }),
};
