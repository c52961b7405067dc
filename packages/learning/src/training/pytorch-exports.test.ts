import { readFile } from 'node:fs/promises';
import { floatValues, inferShapes, readModel } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import { expect, test } from 'vitest';
import { randomTable } from '../../test/random-table.ts';
import type { Table } from '../data/table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { evaluate } from '../inference/evaluate.ts';
import { trainPrivately } from './train-privately.ts';
import type { Loss } from './training-job.ts';

/** Real exports of PyTorch go through the whole loop: every parameter is trained, and the result still runs. */
test.each<[string, Loss]>([
  ['logistic', 'softmax-cross-entropy'],
  ['mlp-relu', 'softmax-cross-entropy'],
  ['mnist-cnn', 'softmax-cross-entropy'],
  ['regression', 'mean-squared-error'],
  ['mean-embedding', 'softmax-cross-entropy'],
  ['transformer', 'softmax-cross-entropy'],
  ['resnet-groupnorm', 'softmax-cross-entropy'],
])('%s trains', async (name, loss) => {
  const graph = await readFile(new URL(`../../../../vectors/pytorch/${name}/model.onnx`, import.meta.url));
  const before = readModel(graph);
  const values = inferShapes(before, { batch: 1 });
  const size = (value: string) => values.get(value)!.dims.reduce((product, dim) => product * dim, 1);
  const [width, outputs] = [size(before.inputs[0]!.name), size(before.outputs[0]!.name)];
  const classes = randomTable({ rows: 24, width, classes: Math.max(2, outputs) });
  if (before.inputs[0]!.type === 'int64')
    classes.features.forEach((value, i) => (classes.features[i] = Math.floor(20 * (value + 1))));
  const table: Table =
    loss === 'mean-squared-error'
      ? { ...classes, task: 'regression', outputs, targets: Float32Array.from({ length: 24 }, (_, i) => i / 24) }
      : classes;
  const plan = createPlan({
    adjacency: 'replace-one',
    unit: 'row',
    clipNorm: 1,
    samplingRate: 1,
    steps: 2,
    deltaExponent: 5,
    noiseMultiplier: 1,
  });
  const engine = createNodeEngine();
  const { model } = await trainPrivately({
    job: {
      graph,
      loss,
      optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, averaging: { kind: 'none' } },
      plan: plan.toJSON(),
      expectedBatch: 24,
      microBatch: 10,
      checkpointEvery: 1,
    },
    table,
    engine,
    root: new Uint8Array(32).fill(1),
  });
  const after = readModel(model);
  expect([after.nodes, after.inputs, after.outputs]).toEqual([before.nodes, before.inputs, before.outputs]);
  for (const [parameter, tensor] of before.initializers) {
    if (tensor.type !== 'float32' || tensor.dims.length === 0) continue;
    const trained = floatValues(after.initializers.get(parameter)!);
    expect(trained.every(Number.isFinite)).toBe(true);
    expect(trained).not.toEqual(floatValues(tensor));
  }
  expect(await evaluate(model, table, engine)).toMatchObject({ rows: 24 });
});
