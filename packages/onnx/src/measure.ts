import { createBuilder } from './build/builder.ts';
import { emitForward } from './build/emit-forward.ts';
import { chooseRule } from './choose-rule.ts';
import { differentiate } from './differentiate.ts';
import { findParameters } from './find-parameters.ts';
import { dataTypes } from './graph/data-type.ts';
import { elementCount } from './graph/element-count.ts';
import type { Graph, ValueInfo } from './graph/graph.ts';
import { inferShapes } from './infer-shapes.ts';
import { withBatchAxes } from './isolate.ts';
import { operators } from './operators/registry.ts';
import { perExampleRule, usesOf, type RuleSearch } from './per-example-rules.ts';
import { splitMergedAxes } from './split-merged-axes.ts';

/** What a graph costs: the facts that a price is made of. Counted from shapes; nothing is run. */
export interface Measurement {
  /** Trainable numbers. */
  readonly parameters: number;
  /** Memory of all parameters, those that a selection leaves as they are too. */
  readonly parameterBytes: number;
  /** Forward, backward, per-example norms and clipped sum of one example; a multiply-add is two. The loss is left out. */
  readonly flopsPerExample: number;
  readonly forwardFlopsPerExample: number;
  /** Bytes of all values that the forward pass of one example makes. */
  readonly activationBytesPerExample: number;
  readonly nodes: number;
  /** Shapes with the batch axis as `batch`. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/**
 * Parameters, floating-point operations and memory of training the graph, for one example.
 *
 * @throws `onnx.notDifferentiable`, `onnx.mixesBatch`, and what {@link inferShapes} throws
 */
export function measure(model: Graph, trainable?: (name: string) => boolean): Measurement {
  const graph = splitMergedAxes(model);
  const values = withBatchAxes(graph, inferShapes(graph, { batch: 1 }));
  const trained = findParameters(graph, values, trainable);
  const build = createBuilder([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  const names = new Map([...graph.inputs.map(({ name }) => name), ...trained.parameters].map((name) => [name, name]));
  const calls = emitForward(graph, values, build, names);
  const batched = (name: string) => trained.values.has(name) && values.get(name)!.batchAxis !== null;
  const gradients = new Map(graph.outputs.map(({ name }) => [name, `gradient of ${name}`]));
  differentiate(calls, build, { wanted: batched, gradients });

  let forward = 0;
  let backward = 0;
  let activationBytes = 0;
  for (const call of calls) {
    const flops = operators.get(call.node.op)!.flops(call);
    forward += flops.forward;
    call.node.inputs.forEach((name, i) => {
      if (batched(name)) backward += flops.gradients[i] ?? 0;
    });
    for (const { dims, type, batchAxis } of call.outputs) {
      if (batchAxis !== null) activationBytes += elementCount(dims) * dataTypes[type].bytes;
    }
  }
  let parameters = 0;
  const search: RuleSearch = { build, uses: usesOf(calls), gradients, batch: 1, found: new Map() };
  for (const name of trained.parameters) {
    const size = elementCount(values.get(name)!.dims);
    const rule = perExampleRule(name, search);
    if (rule !== undefined) backward += chooseRule(rule, 1, size).flops;
    parameters += size;
  }
  const held = trainable === undefined ? trained.parameters : findParameters(graph, values).parameters;
  const shown = ({ name }: ValueInfo): ValueInfo => {
    const { type, dims, batchAxis } = values.get(name)!;
    return { name, type, dims: dims.map((dim, i) => (i === batchAxis ? 'batch' : dim)) };
  };
  return {
    parameters,
    parameterBytes: 4 * held.reduce((sum, name) => sum + elementCount(values.get(name)!.dims), 0),
    flopsPerExample: forward + backward,
    forwardFlopsPerExample: forward,
    activationBytesPerExample: activationBytes,
    nodes: model.nodes.length,
    inputs: graph.inputs.map(shown),
    outputs: graph.outputs.map(shown),
  };
}
