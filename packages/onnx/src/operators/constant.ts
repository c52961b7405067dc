import { attribute } from '../graph/attributes.ts';
import { nodeError } from '../graph/node-error.ts';
import { floatTensor, intTensor, type Tensor } from '../graph/tensor.ts';
import type { Operator } from './operator.ts';
import type { Node } from '../graph/graph.ts';

/** A tensor that is written in the graph. It is a constant, never a parameter. */
export const constant: Operator = {
  op: 'Constant',
  inputs: [0, 0],
  attributes: ['value', 'value_float', 'value_floats', 'value_int', 'value_ints'],
  shape({ node }) {
    const tensor = valueOf(node);
    if (tensor === undefined) throw nodeError(node, 'onnx.malformed', 'has no value');
    return [{ type: tensor.type, dims: tensor.dims, constant: tensor }];
  },
  batch: () => [null],
  flops: () => ({ forward: 0, gradients: [] }),
};

function valueOf(node: Node): Tensor | undefined {
  const float = attribute(node, 'value_float', 'float');
  if (float !== undefined) return floatTensor([], [float]);
  const floats = attribute(node, 'value_floats', 'floats');
  if (floats !== undefined) return floatTensor([floats.length], floats);
  const int = attribute(node, 'value_int', 'int');
  if (int !== undefined) return intTensor([], [int]);
  const ints = attribute(node, 'value_ints', 'ints');
  if (ints !== undefined) return intTensor([ints.length], ints);
  return attribute(node, 'value', 'tensor');
}
