import { attribute } from './graph/attributes.ts';
import type { Graph, Node } from './graph/graph.ts';

/** An initializer that a value is. */
export interface WeightBehind {
  readonly weight: string;
  /** True when the value has the initializer's two axes exchanged. */
  readonly turned: boolean;
}

/** The nodes of a graph by the values that they make. */
export const producersOf = ({ nodes }: Graph): ReadonlyMap<string, Node> =>
  new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));

/**
 * The initializer that a value is, as it is or with its two axes exchanged; undefined for any other value.
 *
 * Exporters that fold no constants put Identity and Transpose between a weight and the product that takes it.
 */
export function weightBehind(
  name: string,
  { initializers }: Graph,
  producers: ReadonlyMap<string, Node>,
): WeightBehind | undefined {
  let turned = false;
  let value = name;
  while (!initializers.has(value)) {
    const node = producers.get(value);
    if (node?.op === 'Transpose' && (attribute(node, 'perm', 'ints') ?? [1, 0]).join() === '1,0') turned = !turned;
    else if (node?.op !== 'Identity') return undefined;
    value = node.inputs[0]!;
  }
  return turned && initializers.get(value)!.dims.length !== 2 ? undefined : { weight: value, turned };
}
