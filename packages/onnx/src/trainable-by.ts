import { onnxError } from './errors.ts';
import type { Graph, Node } from './graph/graph.ts';
import { producersOf, weightBehind } from './weight-behind.ts';

/** Operators whose weight makes a layer, for `last:N`. */
const layers = new Set(['Conv', 'Gather', 'Gemm', 'MatMul']);

/** At which input an operator has what is added at its end. */
const biasInputs: Readonly<Record<string, number>> = {
  BatchNormalization: 2,
  Conv: 2,
  Gemm: 2,
  GroupNormalization: 2,
  InstanceNormalization: 2,
  LayerNormalization: 2,
};

/**
 * Which parameters train, for `compileStep`'s `trainable`, by what a person says:
 *
 * - `all`: what trains when nothing is said (undefined).
 * - `biases`: what is added to the results of layers and normalisations (BitFit; Bu et al. 2022 for private training).
 * - `last:N`: the last N layers with weights (Conv, Gemm, MatMul, Gather) and what comes after the first of them. A weight that is
 *   turned or reshaped before its layer is the layer's, and one that other layers share trains for them, too.
 * - `lora`: the adapters of `addLora`.
 * - anything else: names, separated by commas, in which `*` stands for any characters.
 *
 * @throws `onnx.badRequest` when no parameter is meant
 */
export function trainableBy(graph: Graph, selection: string): ((name: string) => boolean) | undefined {
  if (selection === 'all') return undefined;
  const chosen = new Set(namesOf(graph, selection));
  if (chosen.size === 0) {
    throw onnxError({
      code: 'onnx.badRequest',
      message: `"${selection}" means no parameter of this model.`,
      hint: 'One of: all, biases, last:N, lora, or names with * for any characters',
    });
  }
  return (name) => chosen.has(name);
}

function namesOf(graph: Graph, selection: string): string[] {
  const trains = (name: string) => {
    const tensor = graph.initializers.get(name);
    return tensor?.type === 'float32' && tensor.dims.length > 0;
  };
  const names = [...graph.initializers.keys()].filter(trains);
  if (selection === 'lora') return names.filter((name) => /\.lora_[AB]$/.test(name));
  const producers = producersOf(graph);
  const stored = (name: string) => weightBehind(name, graph, producers)?.weight ?? name;
  if (selection === 'biases') return graph.nodes.flatMap((node) => biasesOf(node, graph, stored)).filter(trains);
  const last = /^last:(\d+)$/.exec(selection);
  if (last !== null) {
    const isWeight = (name: string) => trains(name) && graph.initializers.get(name)!.dims.length > 1;
    const { made, weights } = madeOfParameters(graph, isWeight);
    const weighted = graph.nodes.flatMap(({ op, inputs, outputs }, i) =>
      layers.has(op) && !outputs.some((name) => made.has(name)) && inputs.some((name) => weights.has(name)) ? [i] : [],
    );
    const first = Number(last[1]) < 1 ? undefined : weighted.at(-Math.min(Number(last[1]), weighted.length));
    if (first === undefined) return [];
    const seen = new Set<string>();
    const open = graph.nodes.slice(first).flatMap(({ inputs }) => inputs);
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (made.has(name)) open.push(...(producers.get(name)?.inputs ?? []));
    }
    return [...seen].filter(trains);
  }
  const patterns = selection.split(',').map((part) => part.trim().split('*'));
  return names.filter((name) => patterns.some((parts) => matches(name, parts)));
}

/**
 * Whether the name is these parts with anything between them. Each part is taken where it comes first, so a pattern of many
 * stars takes no longer than one: a selection is a stranger's text, and a regular expression made of it could run for years.
 */
function matches(name: string, [first = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0) return name === first;
  const last = rest.at(-1)!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** The values that are made of initializers alone, and those of them that a weight's entries are in. */
function madeOfParameters({ initializers, nodes }: Graph, isWeight: (name: string) => boolean) {
  const made = new Set(initializers.keys());
  const weights = new Set([...made].filter(isWeight));
  for (const { op, inputs, outputs } of nodes) {
    if (op === 'Shape' || op === 'Size' || inputs.length === 0) continue;
    if (!inputs.every((name) => name === '' || made.has(name))) continue;
    for (const name of outputs) made.add(name);
    if (inputs.some((name) => weights.has(name))) for (const name of outputs) weights.add(name);
  }
  return { made, weights };
}

/** What the node adds that is a parameter of one axis (others of one entry). */
function biasesOf({ op, inputs }: Node, { initializers }: Graph, stored: (name: string) => string): string[] {
  const named = biasInputs[op];
  if (named !== undefined) return inputs[named] === undefined ? [] : [stored(inputs[named])];
  if (op !== 'Add') return [];
  return inputs
    .map(stored)
    .filter((name) => (initializers.get(name)?.dims ?? [2, 2]).filter((dim) => dim !== 1).length <= 1);
}
