import type { Graph, Node } from '../graph/graph.ts';
import { checkNode } from '../operators/check-node.ts';
import type { Call, Value } from '../operators/operator.ts';
import type { Builder } from './builder.ts';

/** A node of the model with the facts about its values, whose names are those in the compiled graph. */
export type PlacedCall = Call & { readonly node: Node };

/**
 * Emits the model's nodes and returns them in order. Values that are known before any data is become constants; the nodes
 * that made them are left out.
 *
 * `names` maps the model's values to the compiled graph's; it must hold the inputs and parameters, and is filled.
 */
export function emitForward(
  graph: Graph,
  values: ReadonlyMap<string, Value>,
  build: Builder,
  names: Map<string, string>,
): PlacedCall[] {
  const calls: PlacedCall[] = [];
  // What the compiled graph is given with each call is no constant, though the file has a value for it.
  const given = new Set(names.keys());
  const placed = (name: string): Value | undefined => {
    if (name === '') return undefined;
    const value = values.get(name)!;
    let known = names.get(name);
    if (known === undefined) {
      known = build.constant(value.constant!);
      names.set(name, known);
    }
    return given.has(name) ? { ...value, name: known, constant: undefined } : { ...value, name: known };
  };
  for (const node of graph.nodes) {
    const outputs = node.outputs.map((name) => values.get(name));
    if (outputs.every((output) => output === undefined || output.constant !== undefined)) continue;
    const operator = checkNode(node, graph.opset);
    const call: Call = {
      node,
      opset: graph.opset,
      inputs: node.inputs.map(placed),
      outputs: outputs.map((output) => output ?? missing),
    };
    const made = operator.lower?.(call, build) ?? copy(call, build);
    node.outputs.forEach((name, i) => {
      if (name !== '') names.set(name, made[i]!);
    });
    calls.push({ ...call, outputs: call.outputs.map((output, i) => ({ ...output, name: made[i] ?? '' })) });
  }
  return calls;
}

const missing: Value = { name: '', type: 'float32', dims: [], batchAxis: null };

function copy({ node, inputs }: Call, build: Builder): readonly string[] {
  const names = inputs.map((input) => input?.name ?? '');
  return build.emitAll(node.op, names, node.outputs.length, Object.fromEntries(node.attributes));
}
