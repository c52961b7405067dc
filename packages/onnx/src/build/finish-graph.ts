import type { Graph, Node, ValueInfo } from '../graph/graph.ts';
import type { Builder } from './builder.ts';

/** What becomes of a builder's nodes. */
export interface Finish {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  /** The outputs' names and shapes, and the values that they are. */
  readonly outputs: readonly (ValueInfo & { readonly value: string })[];
}

/** The opset of compiled graphs; the operators' `lower` rules and all emitted nodes follow it. */
export const COMPILED_OPSET = 20;

/** The graph of the nodes that the outputs need, and no others. */
export function finishGraph(build: Builder, { name, inputs, outputs }: Finish): Graph {
  const nodes: Node[] = [];
  const needed = new Set(outputs.map(({ value }) => value));
  for (const node of build.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    nodes.push(node);
  }
  nodes.reverse();
  for (const output of outputs) {
    const identity: Node = {
      name: output.name,
      op: 'Identity',
      inputs: [output.value],
      outputs: [output.name],
      attributes: new Map(),
    };
    nodes.push(identity);
  }
  return {
    name,
    opset: COMPILED_OPSET,
    nodes,
    initializers: new Map([...build.initializers].filter(([constant]) => needed.has(constant))),
    inputs,
    outputs: outputs.map(({ name: output, type, dims }) => ({ name: output, type, dims })),
  };
}
