import { onnxError } from './errors.ts';
import { attribute } from './graph/attributes.ts';
import type { Graph, Node } from './graph/graph.ts';
import { floatScalar, floatTensor, type Tensor } from './graph/tensor.ts';
import { uniformTensor } from './uniform-tensor.ts';

/** What adapters to add. */
export interface LoraOptions {
  /** Columns of the first factor and rows of the second: from 1 up, usually 4 to 16. */
  readonly rank: number;
  /** The product of the factors counts `alpha / rank` times; `rank` when left out. */
  readonly alpha?: number;
  /** Which weights get one, by name; all of MatMul and Gemm nodes when left out. */
  readonly weights?: (name: string) => boolean;
  /** Any bytes; equal seeds give equal adapters. The first adapters are public, this need not be secret. */
  readonly seed: Uint8Array;
}

/**
 * The graph with low-rank adapters beside the weights of its MatMul and Gemm nodes: x·W becomes x·W + (alpha/rank)·x·A·B, with
 * parameters `W.lora_A` [inputs, rank] and `W.lora_B` [rank, outputs] (LoRA, Hu et al. 2021).
 *
 * B starts at zero, so the graph computes what it did. Train with `trainableBy(graph, 'lora')`: the weights stay frozen.
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
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const adapted = adaptedBy(node, graph);
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

/** The weight on the right of a product of data, with its numbers of inputs and outputs; undefined for any other node. */
function adaptedBy(node: Node, { initializers }: Graph): { weight: string; inner: number; outer: number } | undefined {
  const [data = '', weight = ''] = node.inputs;
  const tensor = initializers.get(weight);
  if (tensor?.type !== 'float32' || tensor.dims.length !== 2 || initializers.has(data)) return undefined;
  const [rows, columns] = tensor.dims as [number, number];
  if (node.op === 'MatMul') return { weight, inner: rows, outer: columns };
  if (node.op !== 'Gemm' || (attribute(node, 'transA', 'int') ?? 0) !== 0) return undefined;
  const turned = (attribute(node, 'transB', 'int') ?? 0) !== 0;
  return { weight, inner: turned ? columns : rows, outer: turned ? rows : columns };
}

const bad = (message: string) => onnxError({ code: 'onnx.badRequest', message });
