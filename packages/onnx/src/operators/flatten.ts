import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { keepsElements } from './keeps-elements.ts';
import { axisOf } from './axis-of.ts';

/** Two axes: the product of those before `axis` (1 by default), and of those from it on. */
export const flatten = keepsElements({
  op: 'Flatten',
  inputs: [1, 1],
  attributes: ['axis'],
  shape({ node, inputs }) {
    const { type, dims } = inputs[0]!;
    const axis = axisOf(node, attribute(node, 'axis', 'int') ?? 1, dims.length, { end: true });
    return [{ type, dims: [elementCount(dims.slice(0, axis)), elementCount(dims.slice(axis))] }];
  },
});
