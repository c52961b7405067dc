import { onnxError } from './errors.ts';
import { attribute } from './graph/attributes.ts';
import type { Graph, Node } from './graph/graph.ts';
import { floatScalar, floatTensor, type Tensor } from './graph/tensor.ts';
import { uniformTensor } from './uniform-tensor.ts';
import { producersOf, weightBehind, type WeightBehind } from './weight-behind.ts';

/** What adapters to add. */
export interface LoraOptions {
  /** Columns of the first factor and rows of the second: from 1 up, usually 4 to 16. */
  readonly rank: number;
  /** The product of the factors counts `alpha / rank` times; `rank` when left out. */
  readonly alpha?: number;
  /** Which weights get one, by name; all of MatMul and Gemm nodes that are used in no other way when left out. */
  readonly weights?: (name: string) => boolean;
  /** Any bytes; equal seeds give equal adapters. The first adapters are public, this need not be secret. */
  readonly seed: Uint8Array;
}

/**
 * The graph with low-rank adapters beside the weights of its MatMul and Gemm nodes: x·W becomes x·W + (alpha/rank)·x·A·B, with
 * parameters `W.lora_A` [inputs, rank] and `W.lora_B` [rank, outputs] (LoRA, Hu et al. 2021).
 *
 * B starts at zero, so the graph computes what it did. Train with `trainableBy(graph, 'lora')`: the weights stay frozen. A weight
 * that is also used in another way (a table that is looked up, a weight taken turned elsewhere) gets no adapter: no change of the
 * weight would do there what the adapter does here.
 *
 * @throws `onnx.badRequest` for a rank that is no positive integer, when there is no weight to adapt, or when there are
 * adapters already
 */
export function addLora(graph: Graph, { rank, alpha = rank, weights = () => true, seed }: LoraOptions): Graph {
  if (!Number.isSafeInteger(rank) || rank < 1 || rank > 65_536 || !Number.isFinite(alpha)) {
    throw bad(`A rank is a positive integer and alpha a number, not ${rank} and ${alpha}.`);
  }
  const initializers = new Map<string, Tensor>(graph.initializers);
  const taken = new Set([...initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const unique = (wish: string): string => {
    let name = wish;
    for (let i = 1; taken.has(name); i++) name = `${wish}_${i}`;
    taken.add(name);
    return name;
  };
  const add = (name: string, tensor: Tensor): string => {
    initializers.set(name, tensor);
    taken.add(name);
    return name;
  };
  let scale: string | undefined;
  const products = adaptable(graph);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const adapted = products.get(node);
    if (adapted === undefined || !weights(adapted.weight)) return [node];
    const { weight, inner, outer } = adapted;
    const [a, b] = [`${weight}.lora_A`, `${weight}.lora_B`];
    if (graph.initializers.has(a)) throw bad(`The weight "${weight}" has an adapter already.`);
    // A weight that several nodes use has one adapter, as it has one update.
    if (!initializers.has(a)) {
      add(a, uniformTensor(seed, a, [inner, rank], 1 / Math.sqrt(inner)));
      add(b, floatTensor([rank, outer], new Float32Array(rank * outer)));
    }
    scale ??= add(unique('lora_scale'), floatScalar(alpha / rank));
    const output = node.outputs[0]!;
    const [base, down, up, scaled] = ['base', 'down', 'up', 'scaled'].map((part) =>
      unique(`${output}.lora_${part}`),
    ) as [string, string, string, string];
    const emit = (op: string, inputs: readonly string[], made: string): Node => ({
      name: made,
      op,
      inputs,
      outputs: [made],
      attributes: new Map(),
    });
    return [
      { ...node, outputs: [base] },
      emit('MatMul', [node.inputs[0]!, a], down),
      emit('MatMul', [down, b], up),
      emit('Mul', [up, scale], scaled),
      { ...emit('Add', [base, scaled], output), name: `${node.name}.lora` },
    ];
  });
  if (scale === undefined) throw bad('The model has no MatMul or Gemm node with a weight of its own to adapt.');
  return { ...graph, nodes, initializers };
}

/** A product of data with a weight on its right. */
interface Product {
  readonly weight: string;
  readonly inner: number;
  readonly outer: number;
  /** True when the weight is stored [outer, inner]. */
  readonly turned: boolean;
}

/** The products with weights that all of their uses take the same way. */
function adaptable(graph: Graph): ReadonlyMap<Node, Product> {
  const producers = producersOf(graph);
  const behind = (name: string) => weightBehind(name, graph, producers);
  const products = new Map<Node, Product>();
  const ways = new Map<string, Set<string>>();
  for (const node of graph.nodes) {
    // A node that only hands a weight on is no use of it.
    if (node.outputs.some((name) => behind(name) !== undefined)) continue;
    const product = productOf(node, graph, behind);
    if (product !== undefined) products.set(node, product);
    node.inputs.forEach((name, i) => {
      const weight = behind(name)?.weight;
      if (weight === undefined) return;
      const way = product === undefined || i !== 1 ? 'another' : product.turned ? 'turned' : 'as it is';
      ways.set(weight, (ways.get(weight) ?? new Set()).add(way));
    });
  }
  return new Map([...products].filter(([, { weight }]) => ways.get(weight)!.size === 1));
}

function productOf(
  node: Node,
  { initializers }: Graph,
  behind: (name: string) => WeightBehind | undefined,
): Product | undefined {
  const [data = '', right = ''] = node.inputs;
  const found = behind(right);
  if ((node.op !== 'MatMul' && node.op !== 'Gemm') || found === undefined || behind(data) !== undefined)
    return undefined;
  const { type, dims } = initializers.get(found.weight)!;
  if (type !== 'float32' || dims.length !== 2 || (attribute(node, 'transA', 'int') ?? 0) !== 0) return undefined;
  const turned = found.turned !== ((attribute(node, 'transB', 'int') ?? 0) !== 0);
  const [inner, outer] = (turned ? dims.toReversed() : dims) as [number, number];
  return { weight: found.weight, inner, outer, turned };
}

const bad = (message: string) => onnxError({ code: 'onnx.badRequest', message });
