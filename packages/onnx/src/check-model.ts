import { isolate } from './isolate.ts';
import type { Limits } from './limits.ts';
import { measure, type Measurement } from './measure.ts';
import { readModel } from './read-model.ts';
import { findParameters } from './find-parameters.ts';
import { inferShapes } from './infer-shapes.ts';
import { withBatchAxes } from './isolate.ts';
import { singleInput } from './single-input.ts';
import { singleOutput } from './single-output.ts';
import { splitMergedAxes } from './split-merged-axes.ts';
import { trainableBy } from './trainable-by.ts';

/** Everything that is known about a model that can be trained privately. */
export interface ModelFacts extends Measurement {
  readonly opset: number;
  /** How often each operator is used, by name in alphabetical order. */
  readonly operators: Readonly<Record<string, number>>;
  /** Trainable parameters in the file's order. */
  readonly trainable: readonly { readonly name: string; readonly dims: readonly number[] }[];
}

/**
 * The facts about a model that can be trained privately: it is well-formed, every operator is known, examples are kept apart,
 * and a per-example gradient reaches every parameter that trains (those of `trainable`, see {@link trainableBy}; all when left
 * out). Any other model is refused.
 *
 * @throws the refusal, with the node and the reason where one node is at fault: `onnx.mixesBatch`,
 * `onnx.unsupportedOperator`, `onnx.notDifferentiable`, …
 */
export function checkModel(bytes: Uint8Array, limits: Partial<Limits> = {}, trainable = 'all'): ModelFacts {
  const graph = readModel(bytes, limits);
  isolate(graph);
  const trains = trainableBy(graph, trainable);
  const measurement = measure(graph, trains);
  const apart = splitMergedAxes(graph);
  const values = withBatchAxes(apart, inferShapes(apart, { batch: 1 }));
  singleInput(graph);
  singleOutput(graph, values);
  const operators: Record<string, number> = {};
  for (const { op } of graph.nodes.toSorted((a, b) => (a.op < b.op ? -1 : 1))) operators[op] = (operators[op] ?? 0) + 1;
  return {
    ...measurement,
    opset: graph.opset,
    operators,
    trainable: findParameters(apart, values, trains).parameters.map((name) => ({ name, dims: values.get(name)!.dims })),
  };
}
