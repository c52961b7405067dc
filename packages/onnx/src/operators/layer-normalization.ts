import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { axisOf } from './axis-of.ts';
import { normalization } from './normalization.ts';
import type { ShapeCall } from './operator.ts';

/** Normalises the axes from `axis` (the last by default) of each example together, then scales and shifts each entry. */
export const layerNormalization = normalization({
  op: 'LayerNormalization',
  inputs: [2, 3],
  attributes: ['axis', 'epsilon', 'stash_type'],
  layout(call) {
    const { node, inputs } = call;
    const { dims } = inputs[0]!;
    const axis = firstAxis(call);
    const inner = dims.slice(axis);
    for (const input of inputs.slice(1)) {
      if (input !== undefined && input.dims.join() !== inner.join()) {
        const reason = `"${input.name}" has the shape [${input.dims.join(', ')}], not [${inner.join(', ')}]`;
        throw nodeError(node, 'onnx.shape', reason);
      }
    }
    return { rows: [...dims.slice(0, axis), elementCount(inner)], view: dims, affine: inner };
  },
  mixes: (call, batchAxis) => batchAxis >= firstAxis(call),
});

const firstAxis = ({ node, inputs }: ShapeCall): number =>
  axisOf(node, attribute(node, 'axis', 'int') ?? -1, inputs[0]!.dims.length);
