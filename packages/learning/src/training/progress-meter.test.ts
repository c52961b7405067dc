import { expect, test } from 'vitest';
import { progressMeter } from './progress-meter.ts';

const options = { fromStep: 20, steps: 100, expectedBatch: 64, epsilonAfter: (steps: number) => steps / 50 };

test('counts the expected batch, never the drawn one, and extrapolates the time left from this attempt alone', () => {
  let ms = 5000;
  const meter = progressMeter({ ...options, now: () => ms });
  ms += 4000;
  expect(meter(40)).toEqual({ step: 40, steps: 100, examplesPerSecond: 320, epsilonSoFar: 0.8, secondsLeft: 12 });
  ms += 12_000;
  expect(meter(100)).toEqual({ step: 100, steps: 100, examplesPerSecond: 320, epsilonSoFar: 2, secondsLeft: 0 });
});

test('stays finite on a clock that has not moved', () => {
  const meter = progressMeter({ ...options, now: () => 0 });
  expect(meter(21)).toMatchObject({ examplesPerSecond: 64_000, secondsLeft: 0.079 });
});
