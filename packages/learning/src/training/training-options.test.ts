import { addLora, floatValues, newMlp, readModel, writeModel, type Graph } from '@encryptech/onnx';
import { createPlan, type PrivacyPlanOptions } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { randomTable } from '../../test/random-table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { createRowAugmenter } from './augment-rows.ts';
import { openGradientSums } from './gradient-sums.ts';
import { runKeys } from './run-keys.ts';
import { trainPrivately, type TrainPrivatelyOptions } from './train-privately.ts';
import type { Optimiser, TrainingJob } from './training-job.ts';

const engine = createNodeEngine();
const root = new Uint8Array(32).fill(6);
const table = randomTable({ rows: 80, width: 4 });
const mlp = newMlp({ inputs: 4, hidden: [6], outputs: 2, activation: 'tanh', seed: new Uint8Array([1]) });
const sgd: Optimiser = { kind: 'sgd', learningRate: 0.5, momentum: 0.5, averaging: { kind: 'none' } };
const adam: Optimiser = {
  ...{ kind: 'adamw', learningRate: 0.05, averaging: { kind: 'ema', decay: 0.9 } },
  ...{ beta1: 0.9, beta2: 0.99, floor: 0.1, weightDecay: 0.01, schedule: 'cosine', warmupSteps: 2 },
};
const adaptive = { kind: 'adaptive', quantile: 0.5, rate: 0.3, share: 0.1 } as const;

function jobOf(job: Partial<TrainingJob> = {}, plan: Partial<PrivacyPlanOptions> = {}): TrainingJob {
  return {
    graph: writeModel(mlp),
    loss: 'softmax-cross-entropy',
    optimiser: sgd,
    plan: createPlan({
      ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 0.5, samplingRate: 0.5, steps: 8 },
      ...{ deltaExponent: 5, noiseMultiplier: 2, ...plan },
    }).toJSON(),
    ...{ expectedBatch: 40, microBatch: 16, checkpointEvery: 3 },
    ...job,
  };
}
const train = (job: TrainingJob, options: Partial<TrainPrivatelyOptions> = {}) =>
  trainPrivately({ job, table, engine, root, ...options });
const weightsOf = (graph: Graph) =>
  new Map(
    [...graph.initializers].flatMap(([name, tensor]) =>
      tensor.type === 'float32' ? [[name, [...floatValues(tensor)]]] : [],
    ),
  );

describe('--trainable', () => {
  test.each([
    ['biases', ['0.bias', '2.bias'], 8],
    ['last:1', ['2.weight', '2.bias'], 14],
    ['0.weight', ['0.weight'], 24],
  ])('%s: these change, and all others stay to the bit', async (trainable, names, count) => {
    const { model, trainedParameters } = await train(jobOf({ trainable }));
    const [before, after] = [weightsOf(mlp), weightsOf(readModel(model))];
    for (const [name, weights] of after) {
      if (names.includes(name)) expect(weights, name).not.toEqual(before.get(name));
      else expect(weights, name).toEqual(before.get(name));
    }
    expect(trainedParameters).toBe(count);
  });

  test('lora: the adapters change, the weights that they adapt stay', async () => {
    const graph = addLora(mlp, { rank: 2, seed: new Uint8Array([3]) });
    const { model } = await train(jobOf({ graph: writeModel(graph), trainable: 'lora' }));
    const [before, after] = [weightsOf(graph), weightsOf(readModel(model))];
    const changed = [...after].filter(([name, weights]) => weights.join() !== before.get(name)!.join());
    expect(changed.map(([name]) => name).every((name) => /\.lora_[AB]$/.test(name))).toBe(true);
    expect(changed).toHaveLength(4);
  });

  test('the norm is over what trains: a layer that is frozen takes no part in it', async () => {
    const base = { graph: mlp, loss: 'softmax-cross-entropy', clipNorm: 1e-3, microBatch: 1, table, engine } as const;
    for (const trainable of ['all', 'last:1']) {
      const sums = await openGradientSums({ ...base, trainable });
      const weights = Float64Array.from(sums.parameters.flatMap(({ name }) => weightsOf(mlp).get(name)!));
      // Clipped hard, a single row's sum is as long as the clip norm.
      expect(Math.hypot(...(await sums.sum(weights, [3], 1)))).toBeCloseTo(1e-3, 8);
      await sums.close();
    }
  });
});

describe('adaptive clipping', () => {
  const job = (steps = 8) => jobOf({}, { clipping: adaptive, steps });

  test('comes to the middle of the norms, from far off on either side', async () => {
    const found: number[] = [];
    for (const clipNorm of [0.01, 30]) {
      const still: Optimiser = { ...sgd, learningRate: 1e-9 };
      const trained = await train(
        jobOf({ optimiser: still }, { clipping: adaptive, clipNorm, steps: 60, noiseMultiplier: 0.5 }),
      );
      found.push(trained.clipNorm);
    }
    const norms: number[] = [];
    const sums = await openGradientSums({
      ...{ graph: mlp, loss: 'softmax-cross-entropy', clipNorm: 1e6, microBatch: 1, table, engine },
    });
    const weights = Float64Array.from(sums.parameters.flatMap(({ name }) => weightsOf(mlp).get(name)!));
    for (let row = 0; row < 80; row++) norms.push(Math.hypot(...(await sums.sum(weights, [row], 1))));
    await sums.close();
    norms.sort((a, b) => a - b);
    for (const clipNorm of found) {
      expect(clipNorm).toBeGreaterThan(norms[20]!);
      expect(clipNorm).toBeLessThan(norms[60]!);
    }
  });

  test('the count is of the rows of the step, one each, whatever their norms are', async () => {
    const features = Float32Array.from(table.features as Float32Array);
    features[4 * 7] = Number.NaN;
    const sums = await openGradientSums({
      ...{ graph: mlp, loss: 'softmax-cross-entropy', clipNorm: 1e6, microBatch: 16, engine },
      ...{ table: { ...table, features }, counts: true },
    });
    const weights = Float64Array.from(sums.parameters.flatMap(({ name }) => weightsOf(mlp).get(name)!));
    const all = Array.from({ length: 80 }, (_, i) => i);
    const countAt = async (rows: number[], clipNorm: number) =>
      (await sums.take(weights, rows, { calls: 9, clipNorm })).count;
    // The row with NaN is a long one.
    expect(await countAt(all, 1e6)).toBe(78);
    expect(await countAt(all, 1e-6)).toBe(-80);
    expect(await countAt([], 1)).toBe(0);
    expect(await countAt([7], 1e6)).toBe(-1);
    await sums.close();
  });

  test('resumed from a checkpoint goes on with its norm, to the bit', async () => {
    const checkpoints: Uint8Array[] = [];
    const whole = await train(job(), { onCheckpoint: ({ bytes }) => void checkpoints.push(bytes) });
    expect(whole.clipNorm).not.toBe(0.5);
    expect(checkpoints).toHaveLength(2);
    for (const resumeFrom of checkpoints) expect(await train(job(), { resumeFrom })).toEqual(whole);
  });

  test('a step is clipped to the norm of the step, and its noise is of that norm', async () => {
    // With no row in the batch, the step is the noise alone: as large as z/√(1 − share)·C.
    const wide = randomTable({ rows: 20, width: 500 });
    const zeros = linearModel([Array<number>(500).fill(0), Array<number>(500).fill(0)], [0, 0]);
    const empty = jobOf(
      { graph: writeModel(zeros), expectedBatch: 0.02, optimiser: { ...sgd, learningRate: 0.02, momentum: 0 } },
      { clipping: adaptive, samplingRate: 0.001, steps: 1, clipNorm: 0.25 },
    );
    const { model } = await train(empty, { table: wide });
    const noise = [...weightsOf(readModel(model)).values()].flat();
    const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
    // 0.25 · 2 / √0.9 = 0.527; the standard error over 1002 values is 0.012. The worst case of addition adds a part in a thousand.
    expect(deviation).toBeGreaterThan(0.48);
    expect(deviation).toBeLessThan(0.575);
  });

  test('costs what a flat plan of the same noise multiplier costs', async () => {
    const [flat, adapting] = [await train(jobOf()), await train(job())];
    expect(adapting.epsilon).toBe(flat.epsilon);
    expect(adapting.charge).toEqual(flat.charge);
    expect(flat.clipNorm).toBe(0.5);
  });
});

describe('optimisers', () => {
  test('AdamW with warm-up, cosine and average resumes to the bit', async () => {
    const job = jobOf({ optimiser: adam }, { clipping: adaptive });
    const checkpoints: Uint8Array[] = [];
    const whole = await train(job, { onCheckpoint: ({ bytes }) => void checkpoints.push(bytes) });
    for (const resumeFrom of checkpoints) expect(await train(job, { resumeFrom })).toEqual(whole);
  });

  test.each<[string, Partial<TrainingJob>]>([
    ['optimiser.kind', { optimiser: { ...sgd, kind: 'lion' } as never }],
    ['optimiser.warmupSteps', { optimiser: { ...sgd, warmupSteps: 8 } }],
    ['optimiser.schedule', { optimiser: { ...sgd, schedule: 'step' as never } }],
    ['optimiser.beta1', { optimiser: { ...adam, beta1: 1 } }],
    ['optimiser.beta2', { optimiser: { ...adam, beta2: -0.1 } }],
    ['optimiser.floor', { optimiser: { ...adam, floor: 0 } }],
    ['optimiser.weightDecay', { optimiser: { ...adam, kind: 'adam' } }],
    ['augmentation.copies', { augmentation: { copies: 65 } }],
    ['microBatch', { augmentation: { copies: 64 }, microBatch: 1025 }],
    ['augmentation.shift', { augmentation: { copies: 2, shift: 1.5 } }],
    ['augmentation.jitter', { augmentation: { copies: 2, jitter: Number.NaN } }],
  ])('%s out of range is refused', async (place, wrong) => {
    await expect(train(jobOf(wrong))).rejects.toMatchObject({ code: 'learning.badJob', place });
  });
});

describe('augmentation', () => {
  const augmentation = { copies: 4, jitter: 0.3 };

  test('a row’s gradient is the mean over its copies, clipped once: against one copy at a time', async () => {
    const job = jobOf({ augmentation });
    const { noise } = await runKeys(root, job, table);
    const run = createPlan(job.plan).begin({ root: noise, units: table.units, parameters: [{ name: 'w', length: 1 }] });
    run.draw(0);
    const wordsOf = (row: number) => run.augmentation(0, row);
    const base = { graph: mlp, loss: 'softmax-cross-entropy', engine } as const;
    const whole = await openGradientSums({ ...base, table, clipNorm: 0.2, microBatch: 5, augmentation, counts: true });
    const weights = Float64Array.from(whole.parameters.flatMap(({ name }) => weightsOf(mlp).get(name)!));
    const rows = [3, 9, 27, 41, 42, 66, 79];
    const { sum, count } = await whole.take(weights, rows, { calls: 2, wordsOf });
    await whole.close();

    // Each copy as a row of a table of its own, unclipped.
    const features = new Float32Array(rows.length * 4 * 4);
    const augmenter = createRowAugmenter(augmentation, { name: 'x', type: 'float32', dims: [1, 4] });
    for (const [i, row] of rows.entries()) {
      const source = table.features.subarray(4 * row, 4 * row + 4);
      augmenter.write(source, wordsOf(row), (copy, made) => features.set(made, (i * 4 + copy) * 4));
    }
    const targets = BigInt64Array.from(
      rows.flatMap((row) => Array.from({ length: 4 }, () => table.targets[row] as bigint)),
    );
    const apart = await openGradientSums({
      ...{ ...base, clipNorm: 1e6, microBatch: 1 },
      table: { ...table, features, targets, rows: 28, units: [] },
    });
    const expected = new Float64Array(whole.length);
    let short = 0;
    for (const i of rows.keys()) {
      const mean = (
        await apart.sum(
          weights,
          [0, 1, 2, 3].map((copy) => i * 4 + copy),
          1,
        )
      ).map((value) => value / 4);
      const norm = Math.hypot(...mean);
      short += norm <= 0.2 ? 1 : -1;
      for (const [k, value] of mean.entries()) expected[k]! += Math.min(1, 0.2 / norm) * value;
    }
    await apart.close();
    expect(Math.hypot(...sum.map((value, k) => value - expected[k]!))).toBeLessThan(1e-5);
    expect(count).toBe(short);
  });

  test('repeats itself under one root, goes on from a checkpoint to the bit, and costs no privacy', async () => {
    const job = jobOf({ augmentation });
    const checkpoints: Uint8Array[] = [];
    const whole = await train(job, { onCheckpoint: ({ bytes }) => void checkpoints.push(bytes) });
    expect(await train(job)).toEqual(whole);
    expect(await train(job, { resumeFrom: checkpoints[1]! })).toEqual(whole);
    const plain = await train(jobOf());
    expect(whole.model).not.toEqual(plain.model);
    expect(whole.charge).toEqual(plain.charge);
  });
});

describe('losses', () => {
  test('class weights and Huber losses reach the step', async () => {
    const [even, uneven] = [await train(jobOf()), await train(jobOf({ classWeights: [0.01, 1] }))];
    expect(uneven.model).not.toEqual(even.model);
    const line = newMlp({ inputs: 4, hidden: [], outputs: 1, activation: 'tanh', seed: new Uint8Array([2]) });
    const regression = {
      ...{ ...table, task: 'regression' as const, outputs: 1 },
      targets: Float32Array.from({ length: 80 }, (_, i) => (i % 9) / 4 - 1),
    };
    const base = { graph: line, clipNorm: 1e6, microBatch: 80, table: regression, engine } as const;
    const all = Array.from({ length: 80 }, (_, i) => i);
    const sumOf = async (loss: 'huber' | 'mean-squared-error', huberDelta?: number) => {
      const sums = await openGradientSums({ ...base, loss, huberDelta });
      const sum = await sums.sum(new Float64Array(sums.length), all, 1);
      await sums.close();
      return sum;
    };
    // With a delta beyond all distances Huber is half the square.
    const [huber, square, short] = [
      await sumOf('huber', 10),
      await sumOf('mean-squared-error'),
      await sumOf('huber', 0.1),
    ];
    expect(Math.hypot(...huber.map((value, i) => 2 * value - square[i]!))).toBeLessThan(1e-4);
    expect(Math.hypot(...short)).toBeLessThan(0.5 * Math.hypot(...huber));
  });

  test('class weights for a regression, or too few, are refused', async () => {
    await expect(train(jobOf({ classWeights: [1] }))).rejects.toMatchObject({ code: 'onnx.badRequest' });
    await expect(train(jobOf({ loss: 'huber' }))).rejects.toMatchObject({ code: 'learning.mismatch' });
  });
});
