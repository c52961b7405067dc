import { writeModel } from '@encryptech/onnx';
import { createPlan, createSearch, type RunCount } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { randomTable } from '../../test/random-table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { evaluate } from '../inference/evaluate.ts';
import type { TrainingJob } from '../training/training-job.ts';
import type { SearchProgress } from './search-meter.ts';
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

  const heldOut = { share: 0.25, noiseMultiplier: 4, expectedUnits: 100 };

  test('scores by private units that no training sees: noised, charged, and as good', async () => {
    const found = await tune({ score: heldOut });
    expect(found.candidate).toBe(1);
    expect(await accuracy(found.model!)).toBeGreaterThan(0.8);
    // Noise of 4 where a unit is 1 or −1: of 2 in about 100 units. As many more or less are held out by chance.
    expect(Math.abs(found.score! - (await accuracy(found.model!)))).toBeLessThan(0.25);
    const search = createSearch([loud, plan, loud], runs, 4);
    expect(found).toMatchObject({ epsilon: search.epsilon, charge: search.charge });
    expect(await tune({ score: heldOut })).toEqual(found);
    for (const wrong of [{ share: 0 }, { share: 1 }, { expectedUnits: 0 }]) {
      await expect(tune({ score: { ...heldOut, ...wrong } })).rejects.toMatchObject({ code: 'learning.badJob' });
    }
  });

  test('a score on which everything depends still has noise: two searches on other rows differ in it', async () => {
    const scores = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const { score } = await tune({
        ...{ candidates: [jobOf(1)], runs: { kind: 'negative-binomial', shape: 0, mean: 1 } },
        ...{ root: new Uint8Array(32).fill(i), score: { ...heldOut, noiseMultiplier: 1000 } },
      });
      scores.add(score!);
    }
    expect(scores.size).toBe(4);
    expect(Math.max(...[...scores].map(Math.abs))).toBeGreaterThan(2);
  });

  test('reports runs, steps and time left to the owner', async () => {
    let clock = 0;
    const seen: SearchProgress[] = [];
    await tune({ now: () => (clock += 100), onProgress: (progress) => seen.push(progress) });
    const { runs: drawn } = seen[0]!;
    expect(seen).toHaveLength(drawn * 15);
    expect(seen[0]).toMatchObject({ run: 1, step: 1, steps: 15 });
    expect(seen.at(-1)).toMatchObject({
      run: drawn,
      step: 15,
      secondsLeft: 0,
      epsilonSoFar: expect.any(Number) as number,
    });
    for (let i = 1; i < seen.length; i++) expect(seen[i]!.secondsLeft).toBeLessThan(seen[i - 1]!.secondsLeft * 1.5);
  });

  test.each([
    ['own rows', accuracy],
    ['held-out units', heldOut],
  ] as const)('goes on from any checkpoint to the same end, scored by %s', async (_, score) => {
    const candidates = [jobOf(1), jobOf(0.5)].map((job) => ({ ...job, checkpointEvery: 6 }));
    const kept: Uint8Array[] = [];
    const whole = await tune({ candidates, score, onCheckpoint: (bytes) => void kept.push(bytes) });
    // Two within each run of 15 steps, one after it.
    expect(kept.length % 3).toBe(0);
    expect(kept.length).toBeGreaterThan(3);
    for (const at of [0, 2, 4, kept.length - 1]) {
      const steps: number[] = [];
      const resumed = await tune({
        ...{ candidates, score, resumeFrom: kept[at] },
        onProgress: ({ run, step }) => steps.push(15 * (run - 1) + step),
      });
      expect(resumed).toEqual(whole);
      const done = 15 * Math.floor((at + 1) / 3) + 6 * ((at + 1) % 3);
      expect(steps[0] ?? 5 * kept.length).toBe(at === kept.length - 1 ? 5 * kept.length : done + 1);
    }
  });

  test('a checkpoint shows no model, and is no one’s but this search’s', async () => {
    const candidates = [{ ...jobOf(1), checkpointEvery: 6 }];
    const kept: Uint8Array[] = [];
    await tune({ candidates, onCheckpoint: (bytes) => void kept.push(bytes) });
    const [first] = kept as [Uint8Array];
    const resume = (bytes: Uint8Array, options: Partial<TunePrivatelyOptions> = {}) =>
      tune({ candidates, resumeFrom: bytes, ...options });
    // The names of a graph's parts stand in every ONNX file.
    expect(Buffer.from(jobOf(1).graph).includes(Buffer.from('weight'))).toBe(true);
    expect(Buffer.from(kept[2]!).includes(Buffer.from('weight'))).toBe(false);
    const altered = first.slice();
    altered[60]! ^= 1;
    await expect(resume(altered)).rejects.toMatchObject({ code: 'learning.forgedCheckpoint' });
    await expect(resume(first.subarray(0, 30))).rejects.toMatchObject({ code: 'learning.badCheckpoint' });
    const foreign = { code: 'learning.foreignCheckpoint' };
    await expect(resume(first, { root: new Uint8Array(32) })).rejects.toMatchObject(foreign);
    await expect(resume(first, { candidates: [jobOf(2)] })).rejects.toMatchObject(foreign);
    await expect(resume(first, { runs: { ...runs, mean: 13 } as RunCount })).rejects.toMatchObject(foreign);
    await expect(resume(first, { table: randomTable({ rows: 401, width: WIDTH }) })).rejects.toMatchObject(foreign);
  });
});
