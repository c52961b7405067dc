import type { Node } from './graph.ts';

/** Where an error happened, for its `place`: `node "Conv_3" (Conv)`; a node without a name goes by its first output. */
export function placeOf(node: Node): string {
  return node.name === ''
    ? `node that makes "${node.outputs[0] ?? ''}" (${node.op})`
    : `node "${node.name}" (${node.op})`;
}
