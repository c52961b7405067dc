import { readFile } from 'node:fs/promises';
import { digestOf, fromHex, utf8 } from '@encryptech/base';
import {
  defaultTraining,
  evaluate,
  inputsOf,
  parseSchema,
  readCsv,
  splitCsv,
  trainPrivately,
  type Engine,
  type Table,
  type TrainingJob,
} from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { newMlp, writeModel } from '@encryptech/onnx';
import { createPlan, ledgerEpsilon } from '@encryptech/privacy';
import type { Figure } from './figure.ts';
import { trainWithoutPrivacy } from './train-without-privacy.ts';

const folder = new URL('../../fixtures/wdbc/', import.meta.url);
const SPLITS = 5;
const DELTA_EXPONENT = 5;

/**
 * Accuracy of private models of the Wisconsin breast cancer table on rows held out: the mean of five splits of 80 to 20, at
 * epsilon 3 and 1 (delta 1e-5, one row added or removed, composed exactly), beside the same graph without privacy.
 *
 * All settings are the defaults of the product and scaling uses the schema's public ranges only, so epsilon covers
 * everything that touched the rows. Batches, noise and first weights are fixed by the split's number: the figures repeat.
 */
export async function tabular(): Promise<Figure[]> {
  const schema = parseSchema(await readFile(new URL('schema.json', folder), 'utf8'));
  const file = await readFile(new URL('wdbc.csv', folder));
  const { inputs, outputs } = inputsOf(schema);
  const engine = createNodeEngine();
  const splits = await Promise.all(
    Array.from({ length: SPLITS }, async (_, i) => {
      const { train, test } = await splitCsv(file, { seed: `split ${i + 1}`, testShare: 0.2 });
      return { train: await readCsv(train, schema), test: await readCsv(test, schema) };
    }),
  );
  const rows = splits[0]!.train.rows;
  const { hidden, clipNorm, samplingRate, steps, ...training } = defaultTraining({ inputs, rows });
  const graphs = splits.map((_, i) =>
    writeModel(newMlp({ inputs, hidden, outputs, activation: 'tanh', seed: utf8(`graph ${i + 1}`) })),
  );
  const loss = 'softmax-cross-entropy' as const;
  const common = {
    data: `wdbc ${file.length} bytes, ${rows} rows trained, ${splits[0]!.test.rows} held out, ${SPLITS} splits`,
    model: `linear, ${inputs} inputs, ${outputs} outputs`,
    steps,
    samplingRate,
    expectedBatch: training.expectedBatch,
    microBatch: training.microBatch,
    learningRate: training.optimiser.learningRate,
    momentum: training.optimiser.momentum,
    averaging: JSON.stringify(training.optimiser.averaging),
    engine: engine.name,
  };

  const figures: Figure[] = [];
  for (const { epsilon, goal } of [
    { epsilon: 3, goal: 95 },
    { epsilon: 1, goal: 93 },
  ]) {
    const plan = createPlan({
      adjacency: 'add-or-remove-one',
      unit: 'row',
      accountant: 'pld',
      clipNorm,
      samplingRate,
      steps,
      deltaExponent: DELTA_EXPONENT,
      epsilon,
    });
    const accuracies: number[] = [];
    const seconds: number[] = [];
    for (const [i, { train, test }] of splits.entries()) {
      const job: TrainingJob = { ...training, graph: graphs[i]!, loss, plan: plan.toJSON() };
      const root = fromHex(digestOf(utf8(`tabular ${i + 1}`)));
      const started = performance.now();
      const { model } = await trainPrivately({ job, table: train, engine, root });
      seconds.push((performance.now() - started) / 1000);
      accuracies.push(await accuracyOf(model, test, engine));
    }
    const settings = {
      ...common,
      epsilon: plan.epsilon,
      delta: 10 ** -DELTA_EXPONENT,
      adjacency: plan.adjacency,
      accountant: plan.accountant,
      clipNorm,
      noiseMultiplier: plan.noiseMultiplier,
    };
    figures.push(
      {
        ...percent(`wdbc accuracy at epsilon ${epsilon}`, accuracies, goal),
        settings: { ...settings, splits: list(accuracies) },
      },
      {
        name: `wdbc ledger charge over PLD at epsilon ${epsilon}`,
        ...atMost(ledgerEpsilon(plan.charge, DELTA_EXPONENT) / plan.epsilon, 1.1),
        unit: 'ratio',
        settings,
      },
      {
        name: `wdbc time of one training at epsilon ${epsilon}`,
        figure: seconds.sort((a, b) => a - b)[Math.floor(SPLITS / 2)]!,
        unit: 's',
        goal: null,
        holds: null,
        settings: { ...settings, slowest: Number(Math.max(...seconds).toFixed(3)) },
      },
    );
  }
  const plain: number[] = [];
  for (const [i, { train, test }] of splits.entries()) {
    const model = await trainWithoutPrivacy({ ...training, graph: graphs[i]!, loss, plan: { steps } }, train, engine);
    plain.push(await accuracyOf(model, test, engine));
  }
  figures.push({
    ...percent('wdbc accuracy without privacy, same graph', plain, 96),
    settings: { ...common, samplingRate: 1, splits: list(plain) },
  });
  return figures;
}

async function accuracyOf(model: Uint8Array, test: Table, engine: Engine): Promise<number> {
  const result = await evaluate(model, test, engine);
  if (result.task !== 'classification') throw new Error('The table is one of classes.');
  return 100 * result.accuracy;
}

const list = (values: number[]): string => values.map((value) => value.toFixed(1)).join(' ');

function percent(name: string, values: number[], goal: number): Omit<Figure, 'settings'> {
  const figure = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { name, figure, unit: '%', goal: `>= ${goal}`, holds: figure >= goal };
}

const atMost = (figure: number, goal: number): Pick<Figure, 'figure' | 'goal' | 'holds'> => ({
  figure,
  goal: `<= ${goal}`,
  holds: figure <= goal,
});
