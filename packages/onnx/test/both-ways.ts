import { Tensor } from 'onnxruntime-node';
import { createBuilder } from '../src/build/builder.ts';
import { emitForward } from '../src/build/emit-forward.ts';
import { finishGraph } from '../src/build/finish-graph.ts';
import { chooseRule, type ChosenRule } from '../src/choose-rule.ts';
import { differentiate } from '../src/differentiate.ts';
import { elementCount } from '../src/graph/element-count.ts';
import type { Graph } from '../src/graph/graph.ts';
import { inferShapes } from '../src/infer-shapes.ts';
import { withBatchAxes } from '../src/isolate.ts';
import { perExampleRule, usesOf } from '../src/per-example-rules.ts';
import { writeModel } from '../src/write-model.ts';
import { randomNumbers } from './random.ts';
import { openModel } from './run-step.ts';

/** Squared norms of the gradients by `w`, both ways. */
export interface BothWays {
  readonly ghost: readonly number[];
  readonly materialised: readonly number[];
}

/** The way that the compiler takes to the gradients of the weight `w` of a graph from `x` to `y`. */
export function wayOf(graph: Graph, batch: number): ChosenRule['way'] {
  const { rule, values } = ruleOf(graph, batch);
  return chooseRule(rule, batch, elementCount(values.get('w')!.dims)).way;
}

/**
 * Squared norms of the gradients by the weight `w` of a graph from `x` to `y`, from random data, weights and output gradients.
 * Rows of `x` are one example by `copies`.
 */
export async function bothWays(graph: Graph, batch: number, copies = 1): Promise<BothWays> {
  const { build, given, values, rule: ofRows } = ruleOf(graph, batch * copies);
  const rule = copies === 1 ? ofRows : ofRows.over!(copies);
  // In two stages: one long sum in float32 loses what is small.
  const rows = build.emit('Reshape', [
    rule.materialise.gradients(),
    build.ints([batch, values.get('w')!.dims[0]!, -1]),
  ]);
  const squares = build.emit('ReduceSumSquare', [rows, build.ints([2])], { keepdims: 0 });
  const outputs = [rule.ghost!.squaredNorms(), build.emit('ReduceSum', [squares, build.ints([1])], { keepdims: 0 })];
  const inputs = [...given, 'dy'].map((name) => ({
    name,
    type: 'float32' as const,
    dims: values.get(name === 'dy' ? 'y' : name)!.dims,
  }));
  const model = finishGraph(build, {
    name: 'both ways',
    inputs,
    outputs: outputs.map((value, i) => ({ name: `norms ${i}`, type: 'float32', dims: [batch], value })),
  });
  const numbers = randomNumbers(13);
  const feeds = Object.fromEntries(
    inputs.map(({ name, dims }) => [name, new Tensor('float32', numbers(elementCount(dims)), [...dims])]),
  );
  const session = await openModel(writeModel(model));
  const result = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
  const [ghost, materialised] = [0, 1].map((i) => [...(result[`norms ${i}`]!.data as Float32Array)]);
  return { ghost: ghost!, materialised: materialised! };
}

function ruleOf(graph: Graph, batch: number) {
  const values = withBatchAxes(graph, inferShapes(graph, { batch }));
  const given = ['x', ...graph.initializers.keys()].filter((name) => values.get(name)!.type === 'float32');
  const build = createBuilder([...given, 'dy']);
  const calls = emitForward(graph, values, build, new Map(given.map((name) => [name, name])));
  const gradients = new Map([['y', 'dy']]);
  const isBatched = (name: string) => values.get(name)!.type === 'float32' && values.get(name)!.batchAxis !== null;
  differentiate(calls, build, { wanted: (name) => name !== 'x' && isBatched(name), gradients });
  const rule = perExampleRule('w', { build, uses: usesOf(calls), gradients, batch, found: new Map() })!;
  return { build, given, values, rule };
}
