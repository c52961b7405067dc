import { nodeError } from '../graph/node-error.ts';
import { tensorValues } from '../graph/tensor.ts';
import type { ShapeCall } from './operator.ts';

/**
 * The values of an input that must be known before any data is, such as a shape or a list of axes.
 *
 * @throws `onnx.shape`
 */
export function constantInput({ node, inputs }: ShapeCall, input: number, what: string): number[] {
  const value = inputs[input]?.constant;
  if (value === undefined) {
    throw nodeError(node, 'onnx.shape', `its ${what} ("${node.inputs[input] ?? ''}") must be a constant`);
  }
  return tensorValues(value);
}
