import { readFile } from 'node:fs/promises';
import { newMlp, writeModel } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import { expect, test } from 'vitest';
import * as learning from './index.ts';
import * as node from './node.ts';

test('the exported names', () => {
  expect(Object.keys(learning).sort()).toEqual([
    'auditTraining',
    'createEngine',
    'defaultTraining',
    'evaluate',
    'inputsOf',
    'measureTraining',
    'newScattering',
    'newWaveletCnn',
    'packRows',
    'parseSchema',
    'precomputeFrozen',
    'predict',
    'readCsv',
    'readPackedRows',
    'readTable',
    'splitCsv',
    'trainPrivately',
    'tunePrivately',
    'withScattering',
  ]);
  expect(Object.keys(node)).toEqual(['createNodeEngine', 'devices']);
});

test('from a CSV file to a private model that is right on rows it never saw', async () => {
  const { parseSchema, readCsv, splitCsv, inputsOf, defaultTraining, trainPrivately, evaluate } = learning;
  const folder = new URL('../../../fixtures/wdbc/', import.meta.url);
  const schema = parseSchema(await readFile(new URL('schema.json', folder), 'utf8'));
  const parts = await splitCsv(await readFile(new URL('wdbc.csv', folder)), { seed: 'demo', testShare: 0.2 });
  const [train, held] = await Promise.all([readCsv(parts.train, schema), readCsv(parts.test, schema)]);
  const { inputs, outputs } = inputsOf(schema);
  const { hidden, clipNorm, samplingRate, steps, ...settings } = defaultTraining({ inputs, rows: train.rows });
  const plan = createPlan({
    adjacency: 'add-or-remove-one',
    unit: 'row',
    clipNorm,
    samplingRate,
    steps,
    deltaExponent: 5,
    epsilon: 3,
  });
  const graph = writeModel(newMlp({ inputs, hidden, outputs, activation: 'tanh', seed: Uint8Array.of(1) }));
  const engine = node.createNodeEngine();
  const { model, epsilon } = await trainPrivately({
    job: { ...settings, graph, loss: 'softmax-cross-entropy', plan: plan.toJSON() },
    table: train,
    engine,
    root: new Uint8Array(32).fill(5),
  });
  expect(epsilon).toBe(3);
  const result = await evaluate(model, held, engine);
  expect(result).toMatchObject({ task: 'classification', rows: 114 });
  // 108 of 114; the same rows, root and settings give the same model each time.
  expect('accuracy' in result && result.accuracy).toBeGreaterThanOrEqual(0.95);
});
