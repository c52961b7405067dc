import { onnxError } from './errors.ts';
import { elementCount } from './graph/element-count.ts';
import type { Graph } from './graph/graph.ts';
import { checkNode } from './operators/check-node.ts';
import type { Value } from './operators/operator.ts';

/** What trains: the parameters, and every value that depends on one and is part of the output. */
export interface Trained {
  /** Names of the trainable initializers, in the file's order. */
  readonly parameters: readonly string[];
  /** Names of the values, parameters among them, that need a gradient. */
  readonly values: ReadonlySet<string>;
}

/**
 * The parameters that training changes: float32 initializers with at least one axis that the output depends on, less what
 * exporters are known to write for numbers in the code. With `trainable` it decides instead, for scalars too; constants in the graph never train.
 *
 * @throws `onnx.notDifferentiable` when nothing trains, or when `trainable` names one that the output doesn't depend on
 */
export function findParameters(
  graph: Graph,
  values: ReadonlyMap<string, Value>,
  trainable?: (name: string) => boolean,
): Trained {
  const lifted = liftedConstants(graph);
  const wished = [...graph.initializers]
    .filter(
      ([name, { type, dims }]) => type === 'float32' && (trainable?.(name) ?? (dims.length > 0 && !lifted.has(name))),
    )
    .map(([name]) => name);
  const dependent = new Set<string>(wished);
  const trainedInputs = graph.nodes.map((node) => {
    const untrained = checkNode(node, graph.opset).untrained ?? [];
    return node.inputs.filter((name, i) => values.get(name)?.type === 'float32' && !untrained.includes(i));
  });
  graph.nodes.forEach((node, i) => {
    if (!trainedInputs[i]!.some((name) => dependent.has(name))) return;
    for (const output of node.outputs) if (values.get(output)?.type === 'float32') dependent.add(output);
  });
  const needed = new Set(graph.outputs.map((output) => output.name));
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    if (graph.nodes[i]!.outputs.some((output) => needed.has(output)))
      for (const name of trainedInputs[i]!) needed.add(name);
  }
  const parameters = wished.filter((name) => needed.has(name));
  const lost = trainable === undefined ? undefined : wished.find((name) => !needed.has(name));
  if (parameters.length === 0) {
    throw onnxError({
      code: 'onnx.notDifferentiable',
      message: 'The model has no parameter that its output depends on.',
      hint: 'Export the model with its weights as initializers',
    });
  }
  if (lost !== undefined) {
    throw onnxError({
      code: 'onnx.notDifferentiable',
      message: `The output doesn't depend on the parameter "${lost}".`,
      place: `initializer "${lost}"`,
    });
  }
  return { parameters, values: new Set([...dependent].filter((name) => needed.has(name))) };
}

/**
 * Numbers in a model's code, which PyTorch's newer exporter stores among the parameters as `val_12`: factors of one entry, and
 * the scale and shift of a normalisation that has none of its own.
 */
function liftedConstants({ initializers, nodes }: Graph): Set<string> {
  const neutral = new Set(nodes.flatMap(({ op, inputs }) => (op === 'InstanceNormalization' ? inputs.slice(1) : [])));
  const isLifted = (name: string) =>
    /^val_\d+$/.test(name) && (neutral.has(name) || elementCount(initializers.get(name)!.dims) === 1);
  return new Set([...initializers.keys()].filter(isLifted));
}
