import { inferShapes, type Graph, type Node } from '@encryptech/onnx';

/** A graph cut in two: what never trains, and what comes after it. */
export interface SplitGraph {
  /** From the graph's input to one value that depends on no parameter that trains. */
  frozen: Graph;
  /** From that value on, with all parameters that train, under their own names. */
  trained: Graph;
}

/** Operators whose work is worth doing once. */
const HEAVY = new Set(['Conv', 'Gemm', 'MatMul']);

/**
 * The graph cut where its frozen part ends: at the one value between the nodes that depend on no trained parameter and the others
 * (a frozen backbone, or a fixed transform written as constants); undefined where there is no such single value, or where
 * nothing heavy comes before it. The two in turn compute what the graph computes.
 */
export function splitFrozen(graph: Graph, trains: (name: string) => boolean): SplitGraph | undefined {
  const moving = new Set([...graph.initializers.keys()].filter(trains));
  const fed = new Set(graph.inputs.map(({ name }) => name));
  const still: Node[] = [];
  const later: Node[] = [];
  for (const node of graph.nodes) {
    const isLate = node.inputs.some((name) => moving.has(name));
    (isLate ? later : still).push(node);
    for (const output of node.outputs) {
      if (isLate) moving.add(output);
      else if (node.inputs.some((name) => fed.has(name))) fed.add(output);
    }
  }
  const needed = new Set(later.flatMap(({ inputs }) => inputs));
  const cuts = [...fed].filter((name) => needed.has(name));
  const [cut] = cuts;
  if (cuts.length !== 1 || cut === graph.inputs[0]!.name || moving.has(graph.inputs[0]!.name)) return undefined;
  const front = ancestors(still, [cut!]);
  if (!front.some(({ op }) => HEAVY.has(op))) return undefined;

  const { dims, type } = inferShapes(graph, { batch: 1 }).get(cut!)!;
  // Beyond the batch, shapes are known; where the batch stands elsewhere the value is no table of features.
  if (type !== 'float32' || dims[0] !== 1 || inferShapes(graph, { batch: 2 }).get(cut!)!.dims[0] !== 2)
    return undefined;
  const between = { name: cut!, type, dims: [graph.inputs[0]!.dims[0]!, ...dims.slice(1)] };
  const constants = ancestors(
    still,
    [...needed].filter((name) => name !== cut && !fed.has(name)),
  );
  const behind = [...constants, ...later];
  return {
    frozen: {
      ...graph,
      name: `${graph.name} features`,
      nodes: front,
      initializers: used(graph, front),
      outputs: [between],
    },
    trained: { ...graph, nodes: behind, initializers: used(graph, behind), inputs: [between] },
  };
}

/** The nodes that these values come from, in order. */
function ancestors(nodes: readonly Node[], values: readonly string[]): Node[] {
  const needed = new Set(values);
  const found: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    for (const input of node.inputs) needed.add(input);
    found.push(node);
  }
  return found.reverse();
}

function used(graph: Graph, nodes: readonly Node[]): Graph['initializers'] {
  const inputs = new Set(nodes.flatMap((node) => node.inputs));
  return new Map([...graph.initializers].filter(([name]) => inputs.has(name)));
}
