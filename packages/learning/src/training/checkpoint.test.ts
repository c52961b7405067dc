import { describe, expect, test } from 'vitest';
import type { Table } from '../data/table.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { runKeys } from './run-keys.ts';
import type { TrainingJob } from './training-job.ts';
import type { TrainingState } from './training-state.ts';

const root = new Uint8Array(32).fill(7);
const job: TrainingJob = {
  graph: Uint8Array.of(1, 2, 3),
  loss: 'softmax-cross-entropy',
  optimiser: { kind: 'sgd', learningRate: 1, momentum: 0.9, averaging: { kind: 'tail', fromStep: 5 } },
  plan: {
    adjacency: 'add-or-remove-one',
    unit: 'row',
    clipNorm: 1,
    noiseMultiplier: 10,
    samplingRate: 0.5,
    steps: 10,
    deltaExponent: 5,
    epsilon: 3,
    accountant: 'pld',
  },
  expectedBatch: 2,
  microBatch: 2,
  checkpointEvery: 1,
};
const table: Table = {
  features: Float32Array.of(0, 1, 2, 3),
  width: 2,
  rows: 2,
  task: 'classification',
  targets: BigInt64Array.of(0n, 1n),
  outputs: 2,
  targetScale: 1,
  unit: 'row',
  units: [[0], [1]],
  clipped: {},
};
const state: TrainingState = {
  step: 4,
  weights: Float64Array.of(1 / 3, -0, 1e-320),
  velocity: Float64Array.of(1, 2, 3),
  second: null,
  noiseVariance: 0,
  clipNorm: 1,
  window: null,
  average: Float64Array.of(4, 5, 6),
};
const shape = { parameters: 3, averaged: true, hasSecond: false, window: 0 };
const keys = await runKeys(root, job, table);
const bytes = await encodeCheckpoint(state, keys);

describe('a checkpoint', () => {
  test('gives the state back to the bit', async () => {
    expect(await decodeCheckpoint(bytes, keys, shape)).toEqual(state);
    const plain = { ...state, average: null };
    const decoded = await decodeCheckpoint(await encodeCheckpoint(plain, keys), keys, {
      ...shape,
      averaged: false,
    });
    expect(decoded).toEqual(plain);
  });

  test('holds the second moment, the variance of the noise and the clip norm that it came to', async () => {
    const adam = { ...state, second: Float64Array.of(7, 8, 9), noiseVariance: 0.1 + 0.2, clipNorm: Math.fround(0.3) };
    const full = await encodeCheckpoint(adam, keys);
    expect(await decodeCheckpoint(full, keys, { ...shape, hasSecond: true })).toEqual(adam);
    const { average: _, ...last } = adam;
    const lean = { ...last, average: null };
    const decoded = await decodeCheckpoint(await encodeCheckpoint(lean, keys), keys, {
      ...{ parameters: 3, averaged: false, hasSecond: true, window: 0 },
    });
    expect(decoded).toEqual(lean);
    // As long as one with an average, but another kind of state.
    await expect(decodeCheckpoint(await encodeCheckpoint(lean, keys), keys, shape)).rejects.toMatchObject({
      code: 'learning.foreignCheckpoint',
    });
  });

  test('holds the window of correlated noise, which is private, for the root alone', async () => {
    const windowed = { ...state, window: Float64Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5) };
    const sealed = await encodeCheckpoint(windowed, keys);
    expect(await decodeCheckpoint(sealed, keys, { ...shape, window: 6 })).toEqual(windowed);
    // Nothing of the plaintext: 0.5 ends in 3f e0 in this layout.
    const half = Buffer.from(new Float64Array([0.5]).buffer);
    expect(Buffer.from(bytes).includes(half)).toBe(false);
    expect(Buffer.from(sealed).includes(half)).toBe(false);
    // A repeated step seals the same bytes; other sums share no keystream with them.
    expect(await encodeCheckpoint(windowed, keys)).toEqual(sealed);
    const other = await encodeCheckpoint({ ...windowed, window: Float64Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.25) }, keys);
    const at = bytes.length - 32;
    expect(other.subarray(0, at)).toEqual(sealed.subarray(0, at));
    expect(other.subarray(at, at + 20)).not.toEqual(sealed.subarray(at, at + 20));
    for (const wrong of [shape, { ...shape, window: 3 }]) {
      await expect(decodeCheckpoint(sealed, keys, wrong)).rejects.toMatchObject({ code: 'learning.foreignCheckpoint' });
    }
  });

  test('is refused when any byte was changed', async () => {
    for (let at = 0; at < bytes.length; at++) {
      const altered = bytes.slice();
      altered[at]! ^= 1;
      const code = at < 8 ? 'learning.badCheckpoint' : 'learning.forgedCheckpoint';
      await expect(decodeCheckpoint(altered, keys, shape)).rejects.toMatchObject({ code });
    }
  });

  test('is refused when cut short or grown', async () => {
    await expect(decodeCheckpoint(bytes.slice(0, 50), keys, shape)).rejects.toMatchObject({
      code: 'learning.badCheckpoint',
    });
    for (const wrong of [bytes.slice(0, -1), bytes.slice(0, -8), Uint8Array.of(...bytes, 0)]) {
      await expect(decodeCheckpoint(wrong, keys, shape)).rejects.toMatchObject({ code: 'learning.forgedCheckpoint' });
    }
  });

  test('is refused under another root', async () => {
    const other = await runKeys(new Uint8Array(32).fill(8), job, table);
    await expect(decodeCheckpoint(bytes, other, shape)).rejects.toMatchObject({ code: 'learning.forgedCheckpoint' });
  });

  test.each<[string, TrainingJob, Table]>([
    ['another graph', { ...job, graph: Uint8Array.of(1, 2, 4) }, table],
    ['another learning rate', { ...job, optimiser: { ...job.optimiser, learningRate: 2 } }, table],
    ['other parameters that train', { ...job, trainable: 'biases' }, table],
    ['other class weights', { ...job, classWeights: [1, 2] }, table],
    ['another augmentation', { ...job, augmentation: { copies: 2 } }, table],
    ['another clipping', { ...job, plan: { ...job.plan, clipping: { kind: 'automatic' } } }, table],
    [
      'another correlation',
      { ...job, plan: { ...job.plan, correlation: { order: 'cyclic-poisson', bands: 2 } } },
      table,
    ],
    ['another plan', { ...job, plan: { ...job.plan, steps: 11 } }, table],
    ['other features', job, { ...table, features: Float32Array.of(0, 1, 2, 4) }],
    ['other targets', job, { ...table, targets: BigInt64Array.of(1n, 1n) }],
    ['other units', job, { ...table, units: [[0, 1]] }],
    ['rows cut otherwise', job, { ...table, width: 1 }],
  ])('is refused with %s, and other noise would be drawn there', async (_, otherJob, otherTable) => {
    const other = await runKeys(root, otherJob, otherTable);
    await expect(decodeCheckpoint(bytes, other, shape)).rejects.toMatchObject({ code: 'learning.foreignCheckpoint' });
    expect(other.noise).not.toEqual(keys.noise);
  });

  test('is refused where its arrays have another size', async () => {
    for (const wrong of [
      { ...shape, parameters: 4 },
      { ...shape, averaged: false },
      { ...shape, hasSecond: true },
      { ...shape, window: 3 },
    ]) {
      await expect(decodeCheckpoint(bytes, keys, wrong)).rejects.toMatchObject({ code: 'learning.foreignCheckpoint' });
    }
  });
});

test('run keys: the same root, job and rows give the same keys, the name of the rows depends on the root', async () => {
  const again = await runKeys(root.slice(), structuredClone(job), structuredClone(table));
  expect([again.job, again.table, again.noise]).toEqual([keys.job, keys.table, keys.noise]);
  const other = await runKeys(new Uint8Array(32).fill(8), job, table);
  expect(other.job).toEqual(keys.job);
  expect(other.table).not.toEqual(keys.table);
  expect(other.noise).not.toEqual(keys.noise);
});
