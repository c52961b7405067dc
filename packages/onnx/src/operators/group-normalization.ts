import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { normalization } from './normalization.ts';

/**
 * Normalises groups of channels of each example of [batch, channels, …] together, then scales and shifts: each channel since
 * opset 21, each group before.
 */
export const groupNormalization = normalization({
  op: 'GroupNormalization',
  inputs: [3, 3],
  attributes: ['epsilon', 'num_groups', 'stash_type'],
  layout({ node, opset, inputs }) {
    const { dims } = inputs[0]!;
    const groups = attribute(node, 'num_groups', 'int') ?? 0;
    const size = (dims[1] ?? 0) / groups;
    if (dims.length < 3 || !Number.isSafeInteger(size) || groups < 1)
      throw nodeError(node, 'onnx.shape', `can't take ${groups} groups of channels of [${dims.join(', ')}]`);
    const places = elementCount(dims.slice(2));
    return {
      rows: [dims[0]!, groups, size * places],
      view: [dims[0]!, groups, size, places],
      affine: opset < 21 ? [groups, 1, 1] : [groups, size, 1],
    };
  },
  mixes: (_, batchAxis) => batchAxis !== 0,
});
