import { expect, test } from 'vitest';
import { unitScores } from './unit-scores.ts';

test('of classes: the share of a unit’s rows that are right', () => {
  const values = Float32Array.of(2, 1, 0, 3, 5, 4, 1, 1.5);
  const targets = BigInt64Array.of(0n, 1n, 1n, 0n);
  const scores = unitScores(
    { values, rows: 4, width: 2 },
    { task: 'classification', targets, units: [[0], [1, 2], [3]] },
  );
  expect([...scores]).toEqual([1, 0.5, 0]);
});

test('of numbers: 1 less the error; one that is no number, or far off, is 0 and never less', () => {
  const values = Float32Array.of(0.5, 0.25, 1e30, Number.NaN);
  const targets = Float32Array.of(0.5, -0.25, 0, 0);
  const scores = unitScores(
    { values, rows: 4, width: 1 },
    { task: 'regression', targets, units: [[0], [1], [2], [3]] },
  );
  expect([...scores]).toEqual([1, 0.5, 0, 0]);
});
