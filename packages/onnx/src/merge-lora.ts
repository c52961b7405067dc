import { onnxError } from './errors.ts';
import { attribute } from './graph/attributes.ts';
import type { Graph, Node } from './graph/graph.ts';
import { floatTensor, floatValues, type Tensor } from './graph/tensor.ts';
import { producersOf, weightBehind } from './weight-behind.ts';

/**
 * The graph without its low-rank adapters: W + (alpha/rank)·A·B stands in the place of each adapted weight W, and products are one
 * node again, as before `addLora`. It computes what the graph did, up to the rounding of one sum in single precision.
 *
 * @throws `onnx.badRequest` for a graph that has no adapters as `addLora` makes them, or a weight that is also used without its one
 */
export function mergeLora(graph: Graph): Graph {
  const producers = producersOf(graph);
  const initializers = new Map<string, Tensor>(graph.initializers);
  const gone = new Set<Node>();
  const renamed = new Map<Node, Node>();
  const merged = new Set<string>();
  for (const end of graph.nodes) {
    const adapter = adapterOf(end, graph, producers);
    if (adapter === undefined) continue;
    const { base, parts, weight, a, b, scale } = adapter;
    if (!merged.has(weight)) {
      initializers.set(weight, mergedWeight(graph, adapter));
      merged.add(weight);
    }
    for (const name of [a, b, scale]) initializers.delete(name);
    for (const part of parts) gone.add(part);
    renamed.set(base, { ...base, outputs: end.outputs });
  }
  const isMerged = (name: string) => merged.has(weightBehind(name, graph, producers)?.weight ?? '');
  const bare = graph.nodes.find(
    (node) =>
      !gone.has(node) &&
      !renamed.has(node) &&
      node.inputs.some(isMerged) &&
      !node.outputs.some((name) => isMerged(name)),
  );
  const left = [...initializers.keys()].find((name) => /\.lora_[AB]$/.test(name));
  if (merged.size === 0 || bare !== undefined || left !== undefined) {
    throw onnxError({
      code: 'onnx.badRequest',
      message:
        merged.size === 0
          ? 'The model has no adapters to merge.'
          : `The adapter at "${bare?.name ?? left!}" is not as adding one makes it.`,
    });
  }
  const nodes = graph.nodes.flatMap((node) => (gone.has(node) ? [] : [renamed.get(node) ?? node]));
  return { ...graph, nodes, initializers };
}

interface Adapter {
  /** The product with the frozen weight. */
  base: Node;
  /** Down, up, scaling and sum. */
  parts: readonly Node[];
  weight: string;
  /** Whether the product takes the weight with its axes exchanged. */
  turned: boolean;
  a: string;
  b: string;
  scale: string;
}

/** The adapter that ends in this node: Add(base, Mul(MatMul(MatMul(x, W.lora_A), W.lora_B), scale)). */
function adapterOf(end: Node, graph: Graph, producers: ReadonlyMap<string, Node>): Adapter | undefined {
  if (end.op !== 'Add') return undefined;
  const [base, scaled] = end.inputs.map((name) => producers.get(name));
  const up = producers.get(scaled?.inputs[0] ?? '');
  const down = producers.get(up?.inputs[0] ?? '');
  const [right, a, b, scale] = [base?.inputs[1], down?.inputs[1], up?.inputs[1], scaled?.inputs[1]];
  const { weight, turned } = weightBehind(right ?? '', graph, producers) ?? {};
  const isAdapter =
    base !== undefined &&
    scaled?.op === 'Mul' &&
    up?.op === 'MatMul' &&
    down?.op === 'MatMul' &&
    down.inputs[0] === base.inputs[0] &&
    a === `${weight}.lora_A` &&
    b === `${weight}.lora_B` &&
    [weight!, a, b, scale!].every((name) => graph.initializers.has(name));
  if (!isAdapter) return undefined;
  const isTransposed = (attribute(base, 'transB', 'int') ?? 0) !== 0;
  return {
    ...{ base, parts: [down, up, scaled, end], weight: weight!, a, b, scale: scale! },
    turned: turned !== isTransposed,
  };
}

/** W + scale·A·B, in double precision, then rounded once. */
function mergedWeight({ initializers }: Graph, { base, weight, turned, a, b, scale }: Adapter): Tensor {
  const tensor = initializers.get(weight)!;
  const [down, up] = [initializers.get(a)!, initializers.get(b)!];
  const [inner, rank] = down.dims as [number, number];
  const outer = up.dims[1] as number;
  const [w, left, right] = [floatValues(tensor), floatValues(down), floatValues(up)];
  // A Gemm multiplies its product by alpha, and the adapter stands outside of it.
  const factor = floatValues(initializers.get(scale)!)[0]! / (attribute(base, 'alpha', 'float') ?? 1);
  const values = new Float32Array(w.length);
  for (let i = 0; i < inner; i++) {
    for (let j = 0; j < outer; j++) {
      let product = 0;
      for (let k = 0; k < rank; k++) product += left[i * rank + k]! * right[k * outer + j]!;
      const at = turned ? j * inner + i : i * outer + j;
      values[at] = w[at]! + factor * product;
    }
  }
  return floatTensor([...tensor.dims] as number[], values);
}
