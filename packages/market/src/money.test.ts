import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { escrowUp } from './escrow.ts';
import { feeUp } from './fee-split.ts';
import { partDown } from './part-price.ts';
import { priceDown } from './price.ts';
import { reputationBps } from './reputation.ts';
import { toAssetsDown, toSharesDown, toSharesUp } from './share-math.ts';
import { lockUp } from './stake-lock.ts';

type Table = Record<string, string[]>;

// vectors/money.json is the common ground: contracts/test/libraries reads the same rows.
const vectors = JSON.parse(readFileSync(new URL('../../../vectors/money.json', import.meta.url), 'utf8')) as Record<
  string,
  Table
>;

const rowsOf = (name: string): bigint[][] => {
  const columns = Object.values(vectors[name]!);
  return columns[0]!.map((_, row) => columns.map((column) => BigInt(column[row]!)));
};

const formulas: Record<string, { length: number; of: (...args: bigint[]) => bigint }> = {
  priceDown: { length: 44, of: (units, rate, from, steps) => priceDown(units!, rate!, from!, steps!) },
  escrowUp: { length: 44, of: (units, rate, from, steps) => escrowUp(units!, rate!, from!, steps!) },
  partDown: { length: 28, of: (price, done, todo) => partDown(price!, done!, todo!) },
  feeUp: { length: 30, of: (price, bps) => feeUp(price!, bps!) },
  lockUp: { length: 26, of: (price, bps) => lockUp(price!, bps!) },
  toSharesDown: { length: 33, of: (a, A, S) => toSharesDown(a!, { totalAssets: A!, totalShares: S! }) },
  toSharesUp: { length: 33, of: (a, A, S) => toSharesUp(a!, { totalAssets: A!, totalShares: S! }) },
  toAssetsDown: { length: 33, of: (s, A, S) => toAssetsDown(s!, { totalAssets: A!, totalShares: S! }) },
  reputationBps: { length: 24, of: (alpha, beta) => reputationBps(alpha!, beta!) },
};

test.each(Object.entries(formulas))('%s gives every row of vectors/money.json', (name, { length, of }) => {
  const rows = rowsOf(name);
  expect(rows).toHaveLength(length);
  for (const row of rows) expect({ row, result: of(...row.slice(0, -1)) }).toEqual({ row, result: row.at(-1) });
});

test('a price and its fee, in plain numbers', () => {
  expect(priceDown(1_000_000_000n, 300_000_000_000_000_000n, 0n, 400n)).toBe(300_000_000_000_000_000_000n);
  expect(priceDown(1_000_000_000n, 300_000_000_000_000_000n, 100n, 400n)).toBe(225_000_000_000_000_000_000n);
  expect(feeUp(21n, 500n)).toBe(2n);
});
