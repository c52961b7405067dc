import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trainingUnits } from './training-units.ts';
import { trainingWork } from './training-work.ts';
import { workUnits } from './work-units.ts';

const kappa = { memory: 0n, time: 0n };

describe('workUnits', () => {
  test('10^12 operations are one unit', () => {
    expect(workUnits({ flops: 10n ** 12n, modelBytes: 0n, durationSec: 0, kappa })).toBe(1_000_000n);
    expect(workUnits({ flops: 10n ** 12n + 1n, modelBytes: 0n, durationSec: 0, kappa })).toBe(1_000_001n);
    expect(workUnits({ flops: 0n, modelBytes: 0n, durationSec: 0 })).toBe(0n);
  });

  test('memory counts by GiB-second, time by second, at the weights of version 1', () => {
    // 3 GiB for 100 s at 0.01 = 3 units; 100 s at 0.01 = 1 unit.
    expect(workUnits({ flops: 0n, modelBytes: 3n << 30n, durationSec: 100 })).toBe(4_000_000n);
    // A single byte is rounded up, once.
    expect(workUnits({ flops: 1n, modelBytes: 1n, durationSec: 1 })).toBe(10_001n);
  });

  test('rounds up by less than a micro-unit', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(amount, fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.nat(100_000), (flops, modelBytes, durationSec) => {
        const units = workUnits({ flops, modelBytes, durationSec });
        const t = BigInt(durationSec);
        const scaled = flops * 2n ** 30n + 10_000n * modelBytes * t * 10n ** 6n + 10_000n * t * 2n ** 30n * 10n ** 6n;
        const one = 2n ** 30n * 10n ** 6n;
        expect(units * one >= scaled && (units - 1n) * one < scaled).toBe(true);
      }),
    );
  });

  test('refuses what is no work, and more than 64 bits', () => {
    const bad = expect.objectContaining({ code: 'market.badParameter' });
    expect(() => workUnits({ flops: -1n, modelBytes: 0n, durationSec: 0 })).toThrow(bad);
    expect(() => workUnits({ flops: 0n, modelBytes: 0n, durationSec: 0.5 })).toThrow(bad);
    expect(() => workUnits({ flops: 2n ** 64n * 10n ** 6n, modelBytes: 0n, durationSec: 0 })).toThrow(bad);
    expect(workUnits({ flops: (2n ** 64n - 1n) * 10n ** 6n, modelBytes: 0n, durationSec: 0 })).toBe(2n ** 64n - 1n);
  });
});

const job = {
  flopsPerExample: 156_060,
  parameterBytes: 104_040,
  activationBytesPerExample: 40_000,
  expectedBatch: 28.5,
  microBatch: 32,
  steps: 200,
  durationSec: 600,
};

test('trainingWork rounds the expected batch up and counts one micro-batch of activations', () => {
  expect(trainingWork(job, job)).toStrictEqual({ flops: 905_148_000n, modelBytes: 1_384_040n, durationSec: 600 });
  expect(trainingWork(job, { ...job, copies: 8 })).toStrictEqual({
    ...{ flops: 7_241_184_000n, modelBytes: 10_344_040n, durationSec: 600 },
  });
  // The frozen part once a row: 569 × 1,000,000 more operations; what is kept, once.
  const frozen = { ...job, frozenFlopsPerRow: 1e6, keptBytes: 72_832 };
  expect(trainingWork(frozen, { ...job, rows: 569 })).toStrictEqual({
    ...{ flops: 1_474_148_000n, modelBytes: 1_456_872n, durationSec: 600 },
  });
  expect(() => trainingWork({ ...job, flopsPerExample: Number.NaN }, job)).toThrow(
    expect.objectContaining({ code: 'market.badParameter' }),
  );
});

test('trainingUnits of a small job is mostly the time it holds a worker', () => {
  // 905.148 + 7733.9… micro-units of memory, together rounded up, + 6 units.
  expect(trainingUnits(job)).toBe(6_008_640n);
});
