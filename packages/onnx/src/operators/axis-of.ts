import type { Node } from '../graph/graph.ts';
import { nodeError } from '../graph/node-error.ts';

/**
 * The axis as a number from 0; negative ones count from the end. With `end`, the rank itself is an axis too.
 *
 * @throws `onnx.shape`
 */
export function axisOf(node: Node, axis: number, rank: number, { end = false } = {}): number {
  const found = axis < 0 ? axis + rank : axis;
  if (found < 0 || found > rank || (found === rank && !end)) {
    throw nodeError(node, 'onnx.shape', `axis ${axis} doesn't exist in a tensor of rank ${rank}`);
  }
  return found;
}
