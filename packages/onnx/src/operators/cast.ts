import { attribute } from '../graph/attributes.ts';
import { dataTypeOfCode, type DataType } from '../graph/data-type.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import type { Node } from '../graph/graph.ts';
import { folded } from './fold.ts';
import type { Operator } from './operator.ts';

/** The same numbers in another type. A gradient passes from float32 to float32 only: whole numbers have none. */
export const cast: Operator = {
  op: 'Cast',
  inputs: [1, 1],
  attributes: ['to', 'saturate'],
  check: (node) => void target(node),
  shape(call) {
    const { dims } = call.inputs[0]!;
    return [folded(call, { type: target(call.node), dims }, ([x]) => x!.values)];
  },
  batch: ({ inputs }) => [inputs[0]!.batchAxis],
  flops: ({ outputs }) => ({ forward: elementCount(outputs[0]!.dims), gradients: [0] }),
  lower: ({ node, inputs }, build) => [build.emit('Cast', [inputs[0]!.name], { to: attribute(node, 'to', 'int')! })],
  vjp: ({ gradients }) => [gradients[0]],
  lift: { isometric: true, gradients: (_, gradients) => gradients },
};

function target(node: Node): DataType {
  const code = attribute(node, 'to', 'int') ?? 0;
  const type = dataTypeOfCode(code);
  if (type === undefined) throw nodeError(node, 'onnx.unsupportedType', `type ${code} is not supported`);
  return type;
}
