import { createBuilder } from './build/builder.ts';
import { emitForward } from './build/emit-forward.ts';
import { finishGraph } from './build/finish-graph.ts';
import type { Graph, ValueInfo } from './graph/graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { withBatchAxes } from './isolate.ts';
import { singleInput } from './single-input.ts';
import { singleOutput } from './single-output.ts';
import { splitMergedAxes } from './split-merged-axes.ts';
import { writeModel } from './write-model.ts';

/** A forward pass as one ONNX model with a fixed batch. */
export interface CompiledInference {
  readonly model: Uint8Array;
  /** The float32 initializers that are inputs of the model; none when they are folded. */
  readonly parameters: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly inputs: { readonly example: string };
  readonly outputs: { readonly output: string };
  readonly example: ValueInfo;
  readonly output: ValueInfo;
}

/**
 * The forward pass for `batch` examples. Parameters are folded into the model, where the runtime prepares them once, or, with
 * `parameters: 'inputs'`, given with each call under their names.
 *
 * @throws `onnx.badRequest` for several inputs or outputs, and what {@link inferShapes} throws
 */
export function compileInference(
  model: Graph,
  { batch, parameters = 'folded' }: { batch: number; parameters?: 'folded' | 'inputs' },
): CompiledInference {
  const graph = splitMergedAxes(model);
  const values = withBatchAxes(graph, inferShapes(graph, { batch }));
  const input = singleInput(graph);
  const result = singleOutput(graph, values);
  const given =
    parameters === 'folded'
      ? []
      : [...graph.initializers].filter(([, { type, dims }]) => type === 'float32' && dims.length > 0);
  const build = createBuilder([input.name, result.name, ...given.map(([name]) => name)]);
  const names = new Map([input.name, ...given.map(([name]) => name)].map((name) => [name, name]));
  emitForward(graph, values, build, names);
  const example: ValueInfo = { name: input.name, type: input.type, dims: values.get(input.name)!.dims };
  const output: ValueInfo = { name: result.name, type: result.type, dims: result.dims };
  const inputs = given.map(([name, { dims }]): ValueInfo => ({ name, type: 'float32', dims }));
  const compiled = finishGraph(build, {
    name: `${graph.name} inference`,
    inputs: [example, ...inputs],
    outputs: [{ ...output, value: names.get(result.name)! }],
  });
  return {
    model: writeModel(compiled),
    parameters: given.map(([name, { dims }]) => ({ name, dims })),
    inputs: { example: input.name },
    outputs: { output: result.name },
    example,
    output,
  };
}
