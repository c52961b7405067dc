import { describe, expect, test } from 'vitest';
import { rowsPerCall } from './rows-per-call.ts';

describe('rowsPerCall', () => {
  test.each<[string, number, { flopsPerExample: number; parameters: number }, number]>([
    ['halves as long as 64 rows stay', 320, { flopsPerExample: 2_000_000, parameters: 26_010 }, 80],
    ['rounds odd halves up', 323, { flopsPerExample: 2_000_000, parameters: 26_010 }, 81],
    ['leaves small micro-batches whole', 126, { flopsPerExample: 1e9, parameters: 10 }, 126],
    ['leaves small graphs whole', 320, { flopsPerExample: 20_000, parameters: 4130 }, 320],
    ['keeps 2^26 operations a call', 1024, { flopsPerExample: 2 ** 18, parameters: 10 }, 256],
    ['keeps 2000 operations a parameter', 1024, { flopsPerExample: 6_000_000, parameters: 1_000_000 }, 512],
  ])('%s', (_, microBatch, facts, rows) => {
    expect(rowsPerCall(microBatch, facts)).toBe(rows);
  });
});
