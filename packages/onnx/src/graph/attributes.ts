import type { Node } from './graph.ts';
import { nodeError } from './node-error.ts';
import type { Tensor } from './tensor.ts';

interface Values {
  int: number;
  float: number;
  string: string;
  tensor: Tensor;
  ints: readonly number[];
  floats: readonly number[];
  strings: readonly string[];
}

/**
 * The attribute's value, or `undefined` when the node leaves it out.
 *
 * @throws `onnx.malformed` when it is there with another type
 */
export function attribute<Kind extends keyof Values>(node: Node, name: string, kind: Kind): Values[Kind] | undefined {
  const found = node.attributes.get(name);
  if (found === undefined) return undefined;
  if (found.kind !== kind) {
    throw nodeError(node, 'onnx.malformed', `attribute "${name}" is of type ${found.kind}, expected ${kind}`);
  }
  return found.value as Values[Kind];
}
