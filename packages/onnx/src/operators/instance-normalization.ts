import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { normalization } from './normalization.ts';

/** Normalises each channel of each example of [batch, channels, …], then scales and shifts it. */
export const instanceNormalization = normalization({
  op: 'InstanceNormalization',
  inputs: [3, 3],
  attributes: ['epsilon'],
  layout({ node, inputs }) {
    const { dims } = inputs[0]!;
    if (dims.length < 3) throw nodeError(node, 'onnx.shape', `takes [batch, channels, …], not [${dims.join(', ')}]`);
    const rows = [dims[0]!, dims[1]!, elementCount(dims.slice(2))];
    return { rows, view: rows, affine: [dims[1]!, 1] };
  },
  mixes: (_, batchAxis) => batchAxis !== 0,
});
