import { readFile } from 'node:fs/promises';
import { newMlp, readModel, trainableBy, writeModel, type Graph } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { randomTable } from '../../test/random-table.ts';
import type { Table } from '../data/table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { predict } from '../inference/predict.ts';
import { openGradientSums } from '../training/gradient-sums.ts';
import { trainPrivately } from '../training/train-privately.ts';
import type { TrainingJob } from '../training/training-job.ts';
import { precomputeFrozen } from './precompute-frozen.ts';
import { splitFrozen } from './split-frozen.ts';

const engine = createNodeEngine();
const deep = newMlp({ inputs: 5, hidden: [7, 4], outputs: 2, activation: 'tanh', seed: new Uint8Array(3) });
const table = randomTable({ rows: 300, width: 5 });

describe('splitFrozen', () => {
  test.each(['last:1', 'last:2', '4.weight', '2.*'])(
    'of %s: the two parts compute what the whole does',
    async (trainable) => {
      const split = splitFrozen(deep, trainableBy(deep, trainable)!)!;
      const whole = await predict(writeModel(deep), table, engine);
      const front = await predict(writeModel(split.frozen), table, engine);
      const back = await predict(
        writeModel(split.trained),
        { features: front.values, width: front.width, rows: table.rows },
        engine,
      );
      for (const [i, value] of whole.values.entries()) expect(back.values[i]).toBeCloseTo(value, 5);
    },
  );

  test('is nothing where the first layer trains, or where only cheap nodes are frozen', () => {
    expect(splitFrozen(deep, () => true)).toBeUndefined();
    expect(splitFrozen(deep, (name) => name === '0.bias')).toBeUndefined();
  });

  test('is nothing where two values go on, as around a residual block', async () => {
    const bytes = await readFile(new URL('../../../../vectors/pytorch/depthwise-residual/model.onnx', import.meta.url));
    const graph = readModel(new Uint8Array(bytes));
    const [first] = graph.initializers.keys();
    expect(splitFrozen(graph, (name) => name === first)).toBeUndefined();
  });
});

describe('precomputeFrozen', () => {
  test('gives features in place of inputs, and leaves targets and units', async () => {
    const prepared = await precomputeFrozen({ graph: deep, table, engine, trainable: 'last:1' });
    expect(prepared.table).toMatchObject({ width: 4, rows: 300, targets: table.targets, units: table.units });
    expect([...prepared.graph.initializers.keys()]).toEqual(['4.weight', '4.bias']);
    expect(prepared.graph.inputs[0]!.dims).toEqual(['batch', 4]);
  });

  test('leaves a graph that trains from its first layer, and features that would not fit', async () => {
    expect(await precomputeFrozen({ graph: deep, table, engine })).toEqual({ graph: deep, table });
    // By the declared rows, whatever the table has: 2²⁶ rows of 4 features are 1 GiB.
    const of = (declaredRows: number) =>
      precomputeFrozen({ graph: deep, table, engine, trainable: 'last:1', declaredRows });
    expect((await of(2 ** 26)).graph).not.toBe(deep);
    expect(await of(2 ** 26 + 1)).toEqual({ graph: deep, table });
  });
});

test('a step of the rest has the clipped gradients of a step of the whole graph', async () => {
  const prepared = await precomputeFrozen({ graph: deep, table, engine, trainable: 'last:1' });
  const sumOf = async (given: { graph: Graph; table: Table }) => {
    const sums = await openGradientSums({
      ...given,
      ...{ loss: 'softmax-cross-entropy', trainable: 'last:1', clipNorm: 0.5, microBatch: 16, engine },
    });
    const weights = Float64Array.from({ length: sums.length }, (_, i) => Math.sin(i));
    const { sum } = await sums.take(weights, [3, 1, 299, 17], { calls: 1, clipNorm: 0.5 });
    await sums.close();
    return { sum, names: sums.parameters.map(({ name }) => name) };
  };
  const [whole, rest] = [await sumOf({ graph: deep, table }), await sumOf(prepared)];
  expect(rest.names).toEqual(whole.names);
  for (const [i, value] of whole.sum.entries()) expect(rest.sum[i]).toBeCloseTo(value, 5);
});

test('a training whose frozen part is computed once changes what trains only, and resumes to the same bits', async () => {
  const plan = createPlan({
    ...{ adjacency: 'add-or-remove-one', unit: 'row', accountant: 'pld', clipNorm: 0.5 },
    ...{ noiseMultiplier: 1, samplingRate: 0.2, steps: 4, deltaExponent: 5 },
  });
  const job: TrainingJob = {
    ...{ graph: writeModel(deep), loss: 'softmax-cross-entropy', trainable: 'last:1', plan: plan.toJSON() },
    optimiser: { kind: 'sgd', learningRate: 1, momentum: 0.5, averaging: { kind: 'none' } },
    ...{ expectedBatch: 60, microBatch: 32, checkpointEvery: 2 },
  };
  const root = new Uint8Array(32).fill(5);
  let checkpoint: Uint8Array | undefined;
  const { model, trainedParameters } = await trainPrivately({
    ...{ job, table, engine, root },
    onCheckpoint: ({ bytes }) => void (checkpoint = bytes),
  });
  expect(trainedParameters).toBe(4 * 2 + 2);
  const before = deep.initializers;
  const after = readModel(model).initializers;
  for (const name of ['0.weight', '0.bias', '2.weight', '2.bias']) expect(after.get(name)).toEqual(before.get(name));
  expect(after.get('4.weight')).not.toEqual(before.get('4.weight'));
  const resumed = await trainPrivately({ job, table, engine, root, resumeFrom: checkpoint! });
  expect(resumed.model).toEqual(model);
});
