import type { Graph } from './graph/graph.ts';
import { nodeError } from './graph/node-error.ts';
import { inferShapes } from './infer-shapes.ts';
import { checkNode } from './operators/check-node.ts';
import { splitMergedAxes } from './split-merged-axes.ts';
import type { TypedValue, Value } from './operators/operator.ts';

/** The proof that examples don't meet: for every value the axis that holds the examples, or null where there is none. */
export interface IsolationReport {
  readonly batchAxes: ReadonlyMap<string, number | null>;
}

/** A batch size that no shape in a file has by chance, so that a reshape of the batch can't pass for one of features. */
const PROBE_BATCH = 1009;

/**
 * The proof that entry i along the batch axis of every value depends on example i and on parameters only.
 *
 * This is what makes per-example clipping sound: the clipped norm bounds everything that an example can change.
 *
 * @throws `onnx.mixesBatch` naming the first node where examples could meet, and why; what {@link inferShapes} throws
 */
export function isolate(model: Graph): IsolationReport {
  const graph = splitMergedAxes(model);
  const values = withBatchAxes(graph, inferShapes(graph, { batch: PROBE_BATCH, valueBytes: Number.MAX_SAFE_INTEGER }));
  return { batchAxes: new Map([...values].map(([name, value]) => [name, value.batchAxis])) };
}

/**
 * The values of {@link inferShapes} with their batch axes. The proof holds for the batch size of `types`.
 *
 * @throws `onnx.mixesBatch`
 */
export function withBatchAxes(graph: Graph, types: ReadonlyMap<string, TypedValue>): Map<string, Value> {
  const values = new Map<string, Value>();
  let others: ReadonlyMap<string, TypedValue> | undefined;
  /** The axes of a value that are as long as the batch is, whatever its size: found by compiling for one example more. */
  const growing = ({ name, dims }: TypedValue): number[] => {
    const batch = types.get(graph.inputs[0]?.name ?? '')?.dims[0] ?? 1;
    others ??= inferShapes(graph, { batch: batch + 1, valueBytes: Number.MAX_SAFE_INTEGER });
    return dims.flatMap((dim, axis) => (dim === batch && others!.get(name)!.dims[axis] === batch + 1 ? [axis] : []));
  };
  for (const input of graph.inputs) values.set(input.name, { ...types.get(input.name)!, batchAxis: 0 });
  for (const name of graph.initializers.keys()) values.set(name, { ...types.get(name)!, batchAxis: null });
  for (const node of graph.nodes) {
    const operator = checkNode(node, graph.opset);
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)!));
    const outputs = node.outputs.map((name) => types.get(name) ?? { name, type: 'float32' as const, dims: [] });
    const batched = inputs.some((input) => input !== undefined && input.batchAxis !== null);
    // A value that is known before any data is holds nothing of an example, whatever it was computed from.
    const axes =
      batched && !outputs.every((output) => output.constant !== undefined)
        ? operator.batch({ node, opset: graph.opset, inputs, outputs })
        : outputs.map(() => null);
    if (!batched && operator.repeats === true && outputs[0]!.constant === undefined) {
      const grown = growing(outputs[0]!);
      if (grown.length > 1) throw nodeError(node, 'onnx.mixesBatch', 'has the batch on two axes');
      values.set(outputs[0]!.name, { ...outputs[0]!, batchAxis: grown[0] ?? null });
      continue;
    }
    outputs.forEach((output, i) => {
      if (output.name !== '') values.set(output.name, { ...output, batchAxis: axes[i] ?? null });
    });
  }
  return values;
}
