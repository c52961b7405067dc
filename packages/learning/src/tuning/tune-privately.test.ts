import { writeModel } from '@encryptech/onnx';
import { createPlan, createSearch, type RunCount } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { randomTable } from '../../test/random-table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { evaluate } from '../inference/evaluate.ts';
import type { TrainingJob } from '../training/training-job.ts';
import { tunePrivately, type TunePrivatelyOptions } from './tune-privately.ts';

const engine = createNodeEngine();
// So wide that noise hardly ever points the right way by chance.
const WIDTH = 16;
const table = randomTable({ rows: 400, width: WIDTH });
const own = randomTable({ rows: 300, width: WIDTH });
const plan = createPlan({
  adjacency: 'add-or-remove-one',
  unit: 'row',
  clipNorm: 1,
  samplingRate: 1,
  steps: 15,
  deltaExponent: 5,
  noiseMultiplier: 12,
}).toJSON();
const loud = createPlan({ ...plan, noiseMultiplier: 400, epsilon: plan.epsilon }).toJSON();
const jobOf = (learningRate: number, plan_ = plan): TrainingJob => ({
  graph: writeModel(
    linearModel(
      [0, 1].map(() => Array.from({ length: WIDTH }, () => 0)),
      [0, 0],
    ),
  ),
  loss: 'softmax-cross-entropy',
  optimiser: { kind: 'sgd', learningRate, momentum: 0, averaging: { kind: 'none' } },
  plan: plan_,
  expectedBatch: 400,
  microBatch: 128,
  checkpointEvery: 100,
});
// The first and the last drown in noise.
const candidates = [jobOf(1, loud), jobOf(1), jobOf(1, loud)];
const runs: RunCount = { kind: 'negative-binomial', shape: 1, mean: 12 };
const accuracy = async (model: Uint8Array) => {
  const found = await evaluate(model, own, engine);
  return 'accuracy' in found ? found.accuracy : Number.NaN;
};
const tune = (options: Partial<TunePrivatelyOptions> = {}) =>
  tunePrivately({ candidates, runs, table, engine, root: new Uint8Array(32).fill(4), score: accuracy, ...options });

describe('tunePrivately', () => {
  test('finds the candidate that learns, and charges the whole search', async () => {
    const found = await tune();
    expect(found.candidate).toBe(1);
    expect(found.score).toBeGreaterThan(0.85);
    expect(await accuracy(found.model!)).toBe(found.score);
    const search = createSearch([loud, plan, loud], runs);
    expect(found).toMatchObject({ epsilon: search.epsilon, delta: 1e-5, charge: search.charge });
    expect(found.epsilon).toBeGreaterThan(plan.epsilon);
  });

  test('repeats under one root, and shows nothing of how much was tried', async () => {
    const [one, again] = [await tune(), await tune()];
    expect(again).toEqual(one);
    expect(Object.keys(one).sort()).toEqual(['candidate', 'charge', 'delta', 'epsilon', 'model', 'score']);
  });

  test('two runs of one candidate have batches and noise of their own', async () => {
    const models: string[] = [];
    await tune({ candidates: [jobOf(1)], score: (model) => models.push(String(model)) });
    expect(models.length).toBeGreaterThan(1);
    expect(new Set(models).size).toBe(models.length);
  });

  test('gives no model where chance had it that nothing was tried, at the same price', async () => {
    const rare: RunCount = { kind: 'poisson', mean: 1 };
    const { epsilon } = createSearch([plan], rare);
    const models = [];
    for (let i = 0; i < 12; i++) {
      const found = await tune({
        candidates: [jobOf(1)],
        runs: rare,
        root: new Uint8Array(32).fill(i),
        score: () => i,
      });
      expect(found.epsilon).toBe(epsilon);
      expect(found.score).toBe(found.model === null ? null : i);
      models.push(found.model);
    }
    // Each with probability 1/e.
    expect(models.filter((model) => model === null).length).toBeGreaterThan(0);
    expect(models.filter((model) => model !== null).length).toBeGreaterThan(0);
  });

  test('a score that is no number is worst', async () => {
    let called = 0;
    const found = await tune({ candidates: [jobOf(1)], score: () => (called++ === 0 ? Number.NaN : 0.25) });
    expect(found.score).toBe(0.25);
  });

  test('refuses candidates that promise different things, and a root of another size', async () => {
    const other = { ...jobOf(1), plan: createPlan({ ...plan, deltaExponent: 6, epsilon: plan.epsilon * 2 }).toJSON() };
    await expect(tune({ candidates: [jobOf(1), other] })).rejects.toMatchObject({ code: 'privacy.badPlan' });
    await expect(tune({ root: new Uint8Array(16) })).rejects.toMatchObject({ code: 'learning.badJob' });
  });
});
