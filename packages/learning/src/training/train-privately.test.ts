import { floatValues, readModel, writeModel } from '@encryptech/onnx';
import { createPlan, type PrivacyPlanJson, type PrivacyPlanOptions } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { logisticClippedSum } from '../../test/logistic-oracle.ts';
import { randomTable } from '../../test/random-table.ts';
import type { Table } from '../data/table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { evaluate } from '../inference/evaluate.ts';
import { openGradientSums } from './gradient-sums.ts';
import type { Progress } from './progress-meter.ts';
import { publicCalls } from './public-calls.ts';
import { runKeys } from './run-keys.ts';
import { trainPrivately, type TrainPrivatelyOptions } from './train-privately.ts';
import type { Optimiser, TrainingJob } from './training-job.ts';

const engine = createNodeEngine();
const root = new Uint8Array(32).fill(3);
const table = randomTable({ rows: 60, width: 3 });
const start = [0.1, -0.2, 0.3, 0, 0.5, -0.1, 0.05, -0.05];
const graph = writeModel(linearModel([start.slice(0, 3), start.slice(3, 6)], start.slice(6)));
const parameters = [
  { name: 'weight', length: 6 },
  { name: 'bias', length: 2 },
];
const sgd: Optimiser = { kind: 'sgd', learningRate: 1, momentum: 0, averaging: { kind: 'none' } };

function planOf(options: Partial<PrivacyPlanOptions> = {}): PrivacyPlanJson {
  return createPlan({
    adjacency: 'add-or-remove-one',
    unit: 'row',
    clipNorm: 0.5,
    samplingRate: 1,
    steps: 1,
    deltaExponent: 5,
    noiseMultiplier: 2,
    ...options,
  }).toJSON();
}
function jobOf(job: Partial<TrainingJob> = {}, plan: Partial<PrivacyPlanOptions> = {}): TrainingJob {
  return {
    graph,
    loss: 'softmax-cross-entropy',
    optimiser: sgd,
    plan: planOf(plan),
    expectedBatch: 40,
    microBatch: 16,
    checkpointEvery: 1,
    ...job,
  };
}
const train = (job: TrainingJob, options: Partial<TrainPrivatelyOptions> = {}) =>
  trainPrivately({ job, table, engine, root, ...options });

function weightsOf(model: Uint8Array): number[] {
  const { initializers } = readModel(model);
  return ['weight', 'bias'].flatMap((name) => [...floatValues(initializers.get(name)!)]);
}

/**
 * The run of a job, step by step: the rows that it draws, and the noise that it adds to their sum. The noise is a function of
 * the rounded sum, so the sum must be the run's own to the bit, whatever it is worth: what it should be is computed by hand.
 */
async function openRun(job: TrainingJob, on: Table) {
  const { expectedBatch, microBatch, plan, loss } = job;
  const keys = await runKeys(root, job, on);
  const summation = { expectedBatch, microBatch };
  const run = createPlan(plan).begin({ root: keys.noise, units: on.units, parameters, summation });
  const sums = await openGradientSums({
    graph: readModel(job.graph),
    loss,
    clipNorm: plan.clipNorm,
    microBatch,
    table: on,
    engine,
  });
  return {
    scale: run.scale,
    async step(step: number, weights: Float64Array) {
      const rows = run.draw(step);
      const sum = await sums.sum(weights, rows, publicCalls(job));
      let at = 0;
      const noised = parameters.flatMap(({ name, length }) => {
        const part = sum.subarray(at, (at += length));
        return [...run.noise(step, name, part)];
      });
      return { rows, noised, noise: noised.map((value, i) => value - sum[i]!) };
    },
    close: () => sums.close(),
  };
}

/** The rows that the run draws in its first step, and the noise that it adds there. */
async function drawOf(job: TrainingJob, on: Table = table) {
  const run = await openRun(job, on);
  const { rows, noise } = await run.step(0, Float64Array.from(start, Math.fround));
  await run.close();
  return { rows, noise, grid: run.scale.grid, deviation: run.scale.deviation };
}

/** The weights after each step of plain gradient descent, written out by hand, with the noise of the plan. */
async function trajectoryByHand(job: TrainingJob, on: Table = table): Promise<number[][]> {
  const { expectedBatch, plan, optimiser } = job;
  const run = await openRun(job, on);
  const exact = Float64Array.from(start, Math.fround);
  const trajectory: number[][] = [];
  let weights = start;
  for (let step = 0; step < plan.steps; step++) {
    const { rows, noised, noise } = await run.step(step, exact);
    const sum = logisticClippedSum(on, rows, weights, plan.clipNorm);
    weights = weights.map((weight, i) => weight - (optimiser.learningRate * (sum[i]! + noise[i]!)) / expectedBatch);
    noised.forEach((value, i) => (exact[i]! -= optimiser.learningRate * (value / expectedBatch)));
    trajectory.push(weights);
  }
  await run.close();
  return trajectory;
}
const stepByHand = async (job: TrainingJob, on: Table = table) => (await trajectoryByHand(job, on))[0]!;

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number) {
  expect(actual.length).toBe(expected.length);
  const worst = Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)));
  expect(worst).toBeLessThan(tolerance);
}

describe('one step of trainPrivately', () => {
  // The plan's noise is 1 for each weight here: tolerances far below that tell a true step from a wrong one.
  test.each([1, 0.5])('is the clipped gradient by hand plus the noise of the plan, at q = %d', async (samplingRate) => {
    const job = jobOf({}, { samplingRate });
    const { model } = await train(job);
    expectClose(weightsOf(model), await stepByHand(job), 2e-5);
  });

  test('sums, and divides by the public expected batch: a mean over the drawn rows would differ', async () => {
    const job = jobOf({ expectedBatch: 7.5 }, { samplingRate: 0.5 });
    expect((await drawOf(job)).rows.length).not.toBe(7);
    const { model } = await train(job);
    expectClose(weightsOf(model), await stepByHand(job), 1e-4);
  });

  test('never plain parameters: the first step has the noise of every other, of the announced size', async () => {
    const wide = randomTable({ rows: 20, width: 500 });
    const zeros = writeModel(linearModel([Array<number>(500).fill(0), Array<number>(500).fill(0)], [0, 0]));
    const job = jobOf({ graph: zeros, expectedBatch: 20 });
    const { model } = await train(job, { table: wide });
    const gradient = logisticClippedSum(wide, wide.units.flat(), Array<number>(1002).fill(0), 0.5);
    const noise = weightsOf(model).map((weight, i) => -20 * weight - gradient[i]!);
    const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
    // σ·C = 1; the standard error of a deviation over 1002 values is 0.022.
    expect(deviation).toBeGreaterThan(0.9);
    expect(deviation).toBeLessThan(1.1);
    expect(Math.abs(noise.reduce((sum, value) => sum + value, 0) / noise.length)).toBeLessThan(0.15);
  });

  test('noise is added once, however many micro-batches there are', async () => {
    for (const microBatch of [1, 7, 64]) {
      const job = jobOf({ microBatch });
      const { model } = await train(job);
      expectClose(weightsOf(model), await stepByHand(job), 2e-5);
    }
  });

  test('an empty batch is a step of pure noise', async () => {
    // Of 60 rows one is drawn with a chance of 6e-5.
    const job = jobOf({ expectedBatch: 0.06 }, { samplingRate: 1e-6 });
    const { rows, noise } = await drawOf(job);
    expect(rows.length).toBe(0);
    const { model } = await train(job);
    const expected = start.map((weight, i) => weight - noise[i]! / 0.06);
    expectClose(weightsOf(model), expected, 1e-5);
    expect(Math.hypot(...noise)).toBeGreaterThan(0.5);
  });

  test('last partial batch: 60 rows in calls of 16 weigh as much as in one call of 60', async () => {
    const [parted, whole] = [jobOf({ microBatch: 16 }), jobOf({ microBatch: 60 })];
    const gradients = await Promise.all(
      [parted, whole].map(async (job) => {
        const { noise } = await drawOf(job);
        return weightsOf((await train(job)).model).map((weight, i) => 40 * (start[i]! - weight) - noise[i]!);
      }),
    );
    expectClose(gradients[0]!, gradients[1]!, 1e-3);
  });

  test('a NaN row contributes zero, and the other rows what they do without it', async () => {
    const features = table.features.slice();
    features[3 * 10] = NaN;
    const job = jobOf();
    const { model } = await train(job, { table: { ...table, features } });
    const { noise } = await drawOf(job, { ...table, features });
    const others = table.units.flat().filter((row) => row !== 10);
    const sum = logisticClippedSum(table, others, start, 0.5);
    const expected = start.map((weight, i) => weight - (sum[i]! + noise[i]!) / 40);
    expectClose(weightsOf(model), expected, 2e-5);
  });

  test('a unit gives one of its rows, however many it has', async () => {
    const grouped: Table = {
      ...table,
      unit: 'unit',
      units: Array.from({ length: 12 }, (_, i) => [0, 1, 2, 3, 4].map((k) => 5 * i + k)),
    };
    const job = jobOf({}, { unit: 'unit' });
    const { rows } = await drawOf(job, grouped);
    expect([...rows].map((row) => Math.floor(row / 5))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const { model } = await train(job, { table: grouped });
    expectClose(weightsOf(model), await stepByHand(job, grouped), 2e-5);
  });

  test('the clip norm bounds what a row can do: no row moves the sum by more', async () => {
    const loud = table.features.slice();
    loud.set([1e6, -1e6, 1e6], 0);
    // The model says 0 of this row, with certainty.
    const targets = BigInt64Array.from(table.targets as BigInt64Array, (label, row) => (row === 0 ? 1n : label));
    const job = jobOf();
    const moved = await Promise.all(
      [
        { ...table, targets, features: loud },
        { ...table, targets, units: table.units.slice(1), features: loud },
      ].map(async (on) => {
        const { noise } = await drawOf(job, on);
        return weightsOf((await train(job, { table: on })).model).map((w, i) => 40 * (start[i]! - w) - noise[i]!);
      }),
    );
    const distance = Math.hypot(...moved[0]!.map((value, i) => value - moved[1]![i]!));
    expect(distance).toBeGreaterThan(0.45);
    expect(distance).toBeLessThan(0.5 + 2e-3);
  });
});

describe('a run of trainPrivately', () => {
  test('takes every step as by hand, and releases the weights of the last', async () => {
    const job = jobOf({}, { steps: 5, samplingRate: 0.5 });
    const byHand = await trajectoryByHand(job);
    expectClose(weightsOf((await train(job)).model), byHand[4]!, 1e-4);
  });

  test('releases the average where the job asks for one', async () => {
    const job = jobOf(
      { optimiser: { ...sgd, averaging: { kind: 'tail', fromStep: 2 } } },
      { steps: 5, samplingRate: 0.5 },
    );
    const byHand = await trajectoryByHand(job);
    const mean = start.map((_, i) => (byHand[2]![i]! + byHand[3]![i]! + byHand[4]![i]!) / 3);
    expectClose(weightsOf((await train(job)).model), mean, 1e-4);
  });

  const long = jobOf(
    {
      optimiser: { ...sgd, momentum: 0.9, averaging: { kind: 'tail', fromStep: 6 } },
      checkpointEvery: 3,
      expectedBatch: 30,
    },
    { steps: 11, samplingRate: 0.5 },
  );
  async function withCheckpoints(options: Partial<TrainPrivatelyOptions> = {}, job = long) {
    const checkpoints: { step: number; bytes: Uint8Array }[] = [];
    const trained = await train(job, { ...options, onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint) });
    return { trained, checkpoints };
  }

  test('resumed from any checkpoint gives the same bits as uninterrupted, and goes on with the same checkpoints', async () => {
    const { trained, checkpoints } = await withCheckpoints();
    expect(checkpoints.map(({ step }) => step)).toEqual([3, 6, 9]);
    for (const [i, { bytes }] of checkpoints.entries()) {
      const resumed = await withCheckpoints({ resumeFrom: bytes });
      expect(resumed.trained).toEqual(trained);
      expect(resumed.checkpoints).toEqual(checkpoints.slice(i + 1));
    }
  });

  test('steps after a resumption draw what they would have drawn, not the first batches again', async () => {
    const { checkpoints } = await withCheckpoints();
    const seen: number[] = [];
    await train(long, { resumeFrom: checkpoints[2]!.bytes, onProgress: ({ step }) => seen.push(step) });
    expect(seen).toEqual([10, 11]);
  });

  test('a resumed run never reuses noise for other data: other rows, jobs and roots are refused', async () => {
    const { checkpoints } = await withCheckpoints();
    const resumeFrom = checkpoints[0]!.bytes;
    const features = table.features.slice();
    features[0]! += 0.25;
    const foreign = { code: 'learning.foreignCheckpoint' };
    await expect(train(long, { resumeFrom, table: { ...table, features } })).rejects.toMatchObject(foreign);
    await expect(train({ ...long, optimiser: sgd }, { resumeFrom })).rejects.toMatchObject(foreign);
    await expect(train(long, { resumeFrom, root: new Uint8Array(32) })).rejects.toMatchObject({
      code: 'learning.forgedCheckpoint',
    });
  });

  test('noise of two runs under one root is unrelated when their rows differ', async () => {
    const job = jobOf();
    const features = table.features.slice();
    features[0]! += 0.25;
    const [one, other] = await Promise.all([drawOf(job), drawOf(job, { ...table, features })]);
    for (const [i, value] of one.noise.entries()) expect(value).not.toBe(other.noise[i]);
  });

  test('the micro-batch is no part of the keys, and the cadence of checkpoints changes nothing', async () => {
    const [keys, cut] = await Promise.all([
      runKeys(root, long, table),
      runKeys(root, { ...long, microBatch: 5 }, table),
    ]);
    expect(cut.noise).toEqual(keys.noise);
    const [often, seldom] = await Promise.all([train(long), train({ ...long, checkpointEvery: 100 })]);
    expect(often).toEqual(seldom);
  });

  test('equal root, job and rows repeat the model; another root gives another', async () => {
    expect(await train(long)).toEqual(await train(long));
    expect((await train(long, { root: new Uint8Array(32) })).model).not.toEqual((await train(long)).model);
  });

  test('can be cancelled between steps, and the last checkpoint loses nothing', async () => {
    const controller = new AbortController();
    const kept: Uint8Array[] = [];
    const cancelled = train(long, {
      signal: controller.signal,
      onProgress: ({ step }) => step === 7 && controller.abort(),
      onCheckpoint: ({ bytes }) => void kept.push(bytes),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'learning.cancelled' });
    expect(kept.length).toBe(2);
    expect(await train(long, { resumeFrom: kept[1]! })).toEqual(await train(long));
  });

  test('a failing checkpoint store ends the run with its own error', async () => {
    const failing = train(long, { onCheckpoint: () => Promise.reject(new Error('disk full')) });
    await expect(failing).rejects.toThrow('disk full');
  });

  test('progress and result tell nothing of the rows: other rows and another number of them report alike', async () => {
    const few = randomTable({ rows: 23, width: 3 });
    const reports = await Promise.all(
      [table, few].map(async (on) => {
        let ms = 0;
        const seen: Progress[] = [];
        const { model, ...facts } = await train(long, {
          table: on,
          now: () => (ms += 10),
          onProgress: (progress) => seen.push(progress),
        });
        expect(weightsOf(model).every(Number.isFinite)).toBe(true);
        return { facts, seen };
      }),
    );
    expect(reports[0]).toEqual(reports[1]);
    expect(reports[0]!.seen.at(-1)).toMatchObject({
      step: 11,
      steps: 11,
      secondsLeft: 0,
      epsilonSoFar: long.plan.epsilon,
    });
    expect(reports[0]!.facts).toMatchObject({ steps: 11, epsilon: long.plan.epsilon, delta: 1e-5 });
  });

  test('makes the same number of graph calls for every batch that can be expected', async () => {
    const counts = await Promise.all(
      [table, { ...table, units: table.units.slice(0, 1) }].map(async (on) => {
        let calls = 0;
        const counting = {
          name: 'counting',
          open: async (model: Uint8Array) => {
            const session = await engine.open(model);
            return {
              ...session,
              run: (...given: Parameters<typeof session.run>) => (calls++, session.run(...given)),
            };
          },
        };
        await train(long, { table: on, engine: counting });
        return calls;
      }),
    );
    // (30 + 4·√15)/16 is 2.8: three calls in each of 11 steps.
    expect(counts).toEqual([33, 33]);
  });

  test('learns: a table of two clear classes at epsilon 3', async () => {
    const clear = randomTable({ rows: 500, width: 4 });
    const job = jobOf(
      {
        graph: writeModel(linearModel([Array<number>(4).fill(0), Array<number>(4).fill(0)], [0, 0])),
        optimiser: { ...sgd, momentum: 0.9, averaging: { kind: 'ema', decay: 0.9 } },
        expectedBatch: 500,
        microBatch: 125,
      },
      { steps: 50, ...{ noiseMultiplier: 9.9 } },
    );
    const { model, epsilon } = await train(job, { table: clear });
    expect(epsilon).toBeLessThan(3);
    expect(await evaluate(model, clear, engine)).toMatchObject({ accuracy: expect.closeTo(0.97, 1) as number });
  });

  test.each<[string, Partial<TrainingJob>, string]>([
    ['no learning rate', { optimiser: { ...sgd, learningRate: 0 } }, 'optimiser.learningRate'],
    ['a momentum of 1', { optimiser: { ...sgd, momentum: 1 } }, 'optimiser.momentum'],
    [
      'an average of nothing',
      { optimiser: { ...sgd, averaging: { kind: 'tail', fromStep: 1 } } },
      'optimiser.averaging.fromStep',
    ],
    ['a decay of 1', { optimiser: { ...sgd, averaging: { kind: 'ema', decay: 1 } } }, 'optimiser.averaging.decay'],
    ['an expected batch of 0', { expectedBatch: 0 }, 'expectedBatch'],
    ['a micro-batch of a half', { microBatch: 0.5 }, 'microBatch'],
    ['checkpoints never', { checkpointEvery: 0 }, 'checkpointEvery'],
  ])('refuses %s', async (_, job, place) => {
    await expect(train(jobOf(job))).rejects.toMatchObject({ code: 'learning.badJob', place });
  });

  test('refuses a plan that protects rows where the dataset declares units, and the other way round', async () => {
    const grouped: Table = { ...table, unit: 'unit' };
    await expect(train(jobOf(), { table: grouped })).rejects.toMatchObject({ code: 'learning.mismatch' });
    await expect(train(jobOf({}, { unit: 'unit' }))).rejects.toMatchObject({ code: 'learning.mismatch' });
  });

  test('refuses a plan that claims less epsilon than its noise gives, and a root of another size', async () => {
    const plan = planOf();
    await expect(train(jobOf({ plan: { ...plan, epsilon: plan.epsilon / 2 } }))).rejects.toMatchObject({
      code: 'privacy.badPlan',
    });
    await expect(train(jobOf(), { root: new Uint8Array(31) })).rejects.toMatchObject({ code: 'learning.badJob' });
  });

  test('refuses a graph that mixes the batch, before anything is drawn', async () => {
    const mixing = linearModel(
      [
        [1, 1, 1],
        [1, 1, 1],
      ],
      [0, 0],
    );
    const model = writeModel({
      ...mixing,
      nodes: [
        {
          name: 'layer',
          op: 'Gemm',
          inputs: ['x', 'weight', 'bias'],
          outputs: ['z'],
          attributes: mixing.nodes[0]!.attributes,
        },
        {
          name: 'mix',
          op: 'Softmax',
          inputs: ['z'],
          outputs: ['y'],
          attributes: new Map([['axis', { kind: 'int', value: 0 }]]),
        },
      ],
    });
    await expect(train(jobOf({ graph: model }))).rejects.toMatchObject({ code: 'onnx.mixesBatch' });
  });
});
