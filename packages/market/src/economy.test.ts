import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demandDown, emissionDecayDown, emissionDown } from './emission.ts';
import { entitlementDown } from './entitlement.ts';
import { decayReputation } from './reputation-decay.ts';
import { rewardPartDown, scoreOfEpoch, splitEmissionDown } from './reward.ts';

type Table = Record<string, (string | number)[]>;

// Made by tools/generate-economy-vectors.mjs, which computes powers and fractions its own way; Solidity reads the same rows.
const vectors = JSON.parse(readFileSync(new URL('../../../vectors/economy.json', import.meta.url), 'utf8')) as Record<
  string,
  Table
>;

const rowsOf = (name: string): Record<string, bigint>[] => {
  const columns = Object.entries(vectors[name]!);
  return columns[0]![1].map((_, row) =>
    Object.fromEntries(columns.map(([column, values]) => [column, BigInt(values[row]!)])),
  );
};

const TOTAL = 400_000_000n * 10n ** 18n;
const DAILY = 949_066_037_374_331_607_728_409n;
/** Seconds, within the bounds of `Staking`. */
const epochLength = fc.bigInt({ min: 5n, max: 604_800n });
/** Wei that an epoch at full demand emit. */
const wholeEmission = (remaining: bigint, decay: bigint): bigint => emissionDown(remaining, decay, 10n ** 18n, 10_000n);

test('emission gives every row', () => {
  const rows = rowsOf('emission');
  expect(rows).toHaveLength(40);
  for (const { remaining, used, capacity, factorBps, wei } of rows) {
    expect(emissionDown(remaining!, DAILY, demandDown(used!, capacity!), factorBps!)).toBe(wei);
  }
});

test('emission over the full schedule is exact to the wei: half after two years, 1,053 wei left when it ends', () => {
  const marks = new Map(rowsOf('fullSchedule').map(({ epochs, remaining }) => [epochs, remaining]));
  expect(marks.get(60_000n)).toBe(1_053n);
  expect(marks.get(730n)).toBe(200_000_000_000_000_000_000_000_399n);
  let remaining = TOTAL;
  let seen = 0;
  for (let n = 1n; n <= 60_000n; n++) {
    remaining -= emissionDown(remaining, DAILY, demandDown(7n, 10n), 10_000n);
    if (!marks.has(n)) continue;
    expect(remaining).toBe(marks.get(n));
    seen += 1;
  }
  expect(seen).toBe(15);
});

test('emission follows demand, the team’s factor and missed epochs, exact to the wei over 20,000 epochs', () => {
  const marks = new Map(rowsOf('liveSchedule').map(({ epochs, remaining }) => [epochs, remaining]));
  let remaining = TOTAL;
  let x = 1n;
  for (let n = 1n; n <= 20_000n; n++) {
    x = BigInt.asUintN(64, x * 6364136223846793005n + 1442695040888963407n);
    const portion = [0n, 9_000n, 10_000n, 10_000n][Number(x % 4n)]!;
    const demand = demandDown(BigInt.asUintN(32, x >> 16n), 2n ** 32n);
    remaining -= (emissionDown(remaining, DAILY, demand, x % 8n === 3n ? 5_000n : 10_000n) * portion) / 10_000n;
    if (marks.has(n)) expect(remaining).toBe(marks.get(n));
  }
});

test('emission never passes the curve, nor what is left', () => {
  const amount = fc.bigInt({ min: 0n, max: TOTAL });
  const factorBps = fc.bigInt({ min: 0n, max: 10_000n });
  fc.assert(
    fc.property(amount, epochLength, amount, amount, factorBps, (remaining, length, used, capacity, factor) => {
      const decay = emissionDecayDown(length);
      const emission = emissionDown(remaining, decay, demandDown(used, capacity), factor);
      expect(emission <= wholeEmission(remaining, decay)).toBe(true);
      expect(emission * 150n <= remaining).toBe(true);
    }),
  );
});

test('the part that an epoch emits follows its length: every row, and the day that the schedule was made for', () => {
  const rows = rowsOf('epochDecay');
  expect(rows).toHaveLength(40);
  for (const { lengthSec, decay } of rows) expect(emissionDecayDown(lengthSec!)).toBe(decay);
  expect(emissionDecayDown(86_400n)).toBe(DAILY);
});

test('it is exact for every length from 5 seconds to 7 days, and grows with the length', () => {
  let [checksum, before] = [0n, 0n];
  for (let length = 5n; length <= 604_800n; length++) {
    const decay = emissionDecayDown(length);
    if (decay <= before) throw new Error(`not above the one before: ${length}`);
    checksum = BigInt.asUintN(128, checksum * 6364136223846793005n + decay);
    before = decay;
  }
  expect([checksum]).toEqual(rowsOf('everyEpochDecay').map((row) => row['checksum']));
});

test.each([
  [60, 1_051_200],
  [3_600, 17_520],
  [86_400, 730],
])('epochs of %d s leave half after two years, to two wei an epoch', (length, epochs) => {
  const decay = emissionDecayDown(BigInt(length));
  let remaining = TOTAL;
  for (let n = 0; n < epochs; n++) remaining -= wholeEmission(remaining, decay);
  expect(remaining - TOTAL / 2n >= 0n && remaining - TOTAL / 2n < 2n * BigInt(epochs)).toBe(true);
});

test('weekly epochs over the full schedule are exact to the wei', () => {
  const marks = new Map(rowsOf('weeklySchedule').map(({ epochs, remaining }) => [epochs, remaining]));
  const decay = emissionDecayDown(604_800n);
  let remaining = TOTAL;
  const seen: bigint[] = [];
  for (let n = 1n; n <= 8_600n; n++) {
    remaining -= wholeEmission(remaining, decay);
    if (marks.has(n)) seen.push(remaining);
  }
  expect(seen).toEqual([...marks.values()]);
  expect(seen).toHaveLength(9);
});

test('the same time emits the same in any number of epochs, to two wei an epoch', () => {
  const parts = fc.bigInt({ min: 1n, max: 64n });
  fc.assert(
    fc.property(epochLength, parts, fc.integer({ min: 1, max: 50 }), (length, split, epochs) => {
      const short = length / split < 5n ? 5n : length / split;
      const [fine, coarse] = [emissionDecayDown(short), emissionDecayDown(short * split)];
      let [a, b] = [TOTAL, TOTAL];
      for (let n = 0; n < epochs; n++) {
        a -= wholeEmission(a, coarse);
        for (let part = 0n; part < split; part++) b -= wholeEmission(b, fine);
      }
      const apart = a > b ? a - b : b - a;
      expect(apart <= 2n * BigInt(epochs) * (split + 1n)).toBe(true);
    }),
  );
});

test('reputation fades as every row says', () => {
  const rows = rowsOf('decay');
  expect(rows).toHaveLength(105);
  for (const { alpha, beta, epochs, alphaNow, betaNow } of rows) {
    expect(decayReputation(alpha!, beta!, epochs!)).toEqual({ alphaGwei: alphaNow, betaGwei: betaNow });
  }
});

test('scores give every row', () => {
  const rows = rowsOf('score');
  expect(rows).toHaveLength(40);
  for (const { score, rate, stakeCapBps, ...row } of rows) {
    expect(scoreOfEpoch(row as never, { capacityRate: rate!, stakeCapBps: stakeCapBps! })).toBe(score);
  }
});

test('rewards of an epoch never add up to more than the epoch has, and lose less than a wei each', () => {
  const scores = fc.array(fc.bigInt({ min: 0n, max: 2n ** 100n }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: TOTAL }), scores, (amount, all) => {
      const total = all.reduce((a, b) => a + b, 0n);
      if (total === 0n) return;
      const paid = all.map((score) => rewardPartDown(amount, score, total)).reduce((a, b) => a + b, 0n);
      expect(paid <= amount && amount - paid < BigInt(all.length)).toBe(true);
    }),
  );
});

test('a tenth of an emission is for the qualified and nobody’s where there are none', () => {
  expect(splitEmissionDown(1_009n, true)).toEqual({ share: 909n, bonus: 100n });
  expect(splitEmissionDown(1_009n, false)).toEqual({ share: 908n, bonus: 0n });
});

test('entitlements give every row, and never add up to more than the capacity', () => {
  const rows = rowsOf('entitlement');
  expect(rows).toHaveLength(8);
  for (const { stake, totalStake, units, entitlement } of rows) {
    expect(entitlementDown(stake!, totalStake!, units!)).toBe(entitlement);
  }
  const stakes = fc.array(fc.bigInt({ min: 0n, max: 10n ** 27n }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(stakes, fc.bigInt({ min: 0n, max: 2n ** 100n }), (all, units) => {
      const total = all.reduce((a, b) => a + b, 0n);
      const given = all.map((stake) => entitlementDown(stake, total, units)).reduce((a, b) => a + b, 0n);
      expect(given <= units).toBe(true);
    }),
  );
});
