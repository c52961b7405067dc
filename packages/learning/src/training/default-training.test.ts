import { float32SumError } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { defaultTraining } from './default-training.ts';
import { publicCalls } from './public-calls.ts';

describe('defaultTraining', () => {
  test('for the table of the demo', () => {
    expect(defaultTraining({ inputs: 30, rows: 455 })).toEqual({
      hidden: [],
      optimiser: { kind: 'sgd', learningRate: 0.91, momentum: 0.9, averaging: { kind: 'tail', fromStep: 50 } },
      clipNorm: 0.3,
      samplingRate: 1,
      steps: 100,
      expectedBatch: 455,
      microBatch: 114,
      checkpointEvery: 10,
    });
  });

  test('a large table is sampled, so that the work of a step is bounded', () => {
    const { samplingRate, expectedBatch, optimiser } = defaultTraining({ inputs: 30, rows: 1_000_000 });
    expect(samplingRate).toBe(0.008192);
    expect(expectedBatch).toBeCloseTo(8192, 9);
    expect(optimiser.learningRate).toBe(2);
  });

  test('for pictures: the settings that bench fashion-mnist is near to, and smaller steps on smaller sets', () => {
    expect(defaultTraining({ inputs: 784, rows: 60_000, pictures: true })).toEqual({
      hidden: [],
      optimiser: { kind: 'sgd', learningRate: 30, momentum: 0.9, averaging: { kind: 'tail', fromStep: 60 } },
      clipNorm: 0.1,
      samplingRate: 4096 / 60_000,
      steps: 120,
      expectedBatch: 4096,
      microBatch: expect.any(Number) as number,
      checkpointEvery: 12,
    });
    expect(defaultTraining({ inputs: 784, rows: 6000, pictures: true }).optimiser.learningRate).toBe(3);
  });

  test.each([
    [2, 1],
    [30, 455],
    [784, 60_000],
    [10_000, 10_000_000],
  ])('%d inputs and %d rows: in bounds, and the noise for single precision small', (inputs, rows) => {
    const { optimiser, expectedBatch, microBatch, samplingRate } = defaultTraining({ inputs, rows });
    expect(optimiser.learningRate).toBeGreaterThan(0);
    expect(samplingRate * rows).toBe(expectedBatch);
    expect(Number.isInteger(microBatch) && microBatch >= 1 && microBatch <= 1024).toBe(true);
    expect(float32SumError({ expectedBatch, microBatch })).toBeLessThan(0.04);
  });
});

describe('publicCalls', () => {
  const plan = { samplingRate: 0.5 };
  test.each([
    // 100 + 4·√50 = 128.3
    [{ expectedBatch: 100, microBatch: 128, plan }, 2],
    [{ expectedBatch: 100, microBatch: 129, plan }, 1],
    // At q = 1 the batch doesn't vary.
    [{ expectedBatch: 100, microBatch: 100, plan: { samplingRate: 1 } }, 1],
    [{ expectedBatch: 0.01, microBatch: 1, plan }, 1],
  ])('%j: %d', (job, calls) => {
    expect(publicCalls(job)).toBe(calls);
  });
});
