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
  type DatasetSchema,
} from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { newMlp, writeModel } from '@encryptech/onnx';
import { createPlan, type Correlation } from '@encryptech/privacy';
import { fetchFlchain, flchainSchema } from './fetch-flchain.ts';
import type { Figure } from './figure.ts';

const folder = new URL('../../fixtures/wdbc/', import.meta.url);
const SPLITS = 5;
/** Trainings of each split under noise of their own: one alone says little at epsilon 1. */
const ROOTS = 6;
const STEPS = 100;
/** Each row takes part in about a tenth of the steps, whichever way. */
const RATE = 0.1;
const BANDS = 10;

/** Two ways to noise the same steps at the same epsilon: freshly in each, and correlated over ten. */
const ARMS = {
  'drawn by chance': {
    adjacency: 'add-or-remove-one',
    fresh: undefined,
    correlated: { order: 'cyclic-poisson', bands: BANDS },
  },
  'in ten passes': {
    adjacency: 'replace-one',
    fresh: { order: 'passes', bands: 1, passes: RATE * STEPS },
    correlated: { order: 'passes', bands: BANDS, passes: RATE * STEPS },
  },
} as const satisfies Record<string, { adjacency: string; fresh: Correlation | undefined; correlated: Correlation }>;

/**
 * What correlated noise (banded matrix factorisation) does for accuracy at the same epsilon, on rows held out of two tables: with
 * batches that can be drawn by chance, where fresh noise profits from the draw, and with rows as they come, where it can't. The
 * mean of five splits with six noises each; all other settings are the product's defaults, for both alike.
 */
export async function correlated(): Promise<Figure[]> {
  const wdbc = await readFile(new URL('wdbc.csv', folder));
  const wdbcSchema = parseSchema(await readFile(new URL('schema.json', folder), 'utf8'));
  const figures = await compareOn('wdbc', wdbc, wdbcSchema);
  const flchain = await fetchFlchain();
  if (flchain !== undefined) return [...figures, ...(await compareOn('flchain', flchain, parseSchema(flchainSchema)))];
  console.error('flchain is left out: it needs python3 with pip, and the network.');
  return figures;
}

async function compareOn(name: string, file: Uint8Array, schema: DatasetSchema): Promise<Figure[]> {
  const { inputs, outputs } = inputsOf(schema);
  const engine = createNodeEngine();
  const splits = await Promise.all(
    Array.from({ length: SPLITS }, async (_, i) => {
      const { train, test } = await splitCsv(file, { seed: `split ${i + 1}`, testShare: 0.2 });
      return { train: await readCsv(train, schema), test: await readCsv(test, schema) };
    }),
  );
  const { rows } = splits[0]!.train;
  const { optimiser, clipNorm, microBatch } = defaultTraining({ inputs, rows });
  const graph = writeModel(newMlp({ inputs, hidden: [], outputs, activation: 'tanh', seed: utf8('correlated') }));
  const figures: Figure[] = [];
  for (const [order, { adjacency, ...ways }] of Object.entries(ARMS)) {
    for (const epsilon of [3, 1]) {
      for (const [way, correlation] of Object.entries(ways)) {
        const plan = createPlan({
          ...{ adjacency, unit: 'row', clipNorm, samplingRate: RATE, steps: STEPS, deltaExponent: 5, epsilon },
          ...(correlation === undefined ? {} : { correlation }),
        });
        const job = {
          ...({ graph, loss: 'softmax-cross-entropy', optimiser, plan: plan.toJSON(), microBatch } as const),
          ...{ expectedBatch: RATE * rows, checkpointEvery: STEPS },
        };
        const accuracies: number[] = [];
        for (const [i, { train, test }] of splits.entries()) {
          for (let draw = 1; draw <= ROOTS; draw++) {
            const root = fromHex(digestOf(utf8(`correlated ${name} ${i + 1} ${draw}`)));
            const { model } = await trainPrivately({ job, table: train, engine, root });
            const found = await evaluate(model, test, engine);
            accuracies.push('accuracy' in found ? 100 * found.accuracy : Number.NaN);
          }
        }
        const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
        figures.push({
          name: `${name}, rows ${order}, ${way} noise, epsilon ${epsilon}`,
          figure: mean,
          ...{ unit: '%', goal: null, holds: null },
          settings: {
            ...{ data: `${name}, ${rows} rows trained`, model: `linear, ${inputs} inputs`, steps: STEPS },
            ...{ samplingRate: RATE, bands: correlation?.bands ?? 1, adjacency, delta: 1e-5, clipNorm },
            ...{ noiseMultiplier: plan.noiseMultiplier, learningRate: optimiser.learningRate },
            ...{ momentum: optimiser.momentum, averaging: JSON.stringify(optimiser.averaging) },
            engine: engine.name,
            trainings: `${SPLITS} splits, ${ROOTS} noises each`,
            deviation: Number(Math.sqrt(variance(accuracies, mean)).toFixed(2)),
          },
        });
      }
    }
  }
  return figures;
}

const variance = (values: readonly number[], mean: number): number =>
  values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
