import { nodeError } from '../graph/node-error.ts';
import { axisOf } from './axis-of.ts';
import { constantInput } from './constant-input.ts';
import type { ShapeCall } from './operator.ts';

/**
 * The axes that input `input` names, from 0 and ascending, in a tensor of rank `rank`.
 *
 * @throws `onnx.shape` for axes that are no constant, don't exist, or are named twice
 */
export function namedAxes(call: ShapeCall, input: number, rank: number): number[] {
  const axes = constantInput(call, input, 'axes').map((axis) => axisOf(call.node, axis, rank));
  if (new Set(axes).size < axes.length)
    throw nodeError(call.node, 'onnx.shape', `names an axis twice: ${axes.join(', ')}`);
  return axes.sort((a, b) => a - b);
}
