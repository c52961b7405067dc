import { expect, test } from 'vitest';
import type { EpochRecord } from './earnings.ts';
import { explainEpoch, type EpochFacts } from './explain-epoch.ts';

const ENC = 10n ** 18n;
const record: EpochRecord = {
  ...{ epoch: 7n, work: 40n * ENC, qualified: true, reasons: [{ reputationBps: 5_000n, beats: 63n }] },
  // Q = 42.16 ENC in micro-ENC, c = 1.6, R = 0.5.
  score: 42_160_000n * 16_000n * 5_000n ** 2n,
  parameters: {
    ...{ capacityRate: ENC / 1_000n, referenceRate: ENC / 10n, stakeCapBps: 10_000 },
    ...{ levelBps1: 12_500, levelBps2: 16_000, levelBps3: 20_000 },
  },
  ...{ scoreOfAll: 4n * 42_160_000n * 16_000n * 5_000n ** 2n, scoreOfQualified: 42_160_000n * 16_000n * 5_000n ** 2n },
  ...{ used: 40n * ENC, remainingBefore: 400_000_000n * ENC, claimed: undefined },
};
const facts: EpochFacts = {
  ...{ epochLengthSec: 86_400n, slots: 6n, speed: 25_000n, level: 3, unitsOfAll: 0n, stake: 1_000n * ENC },
  ...{ factorBps: 10_000n, remaining: 1n, epoch: 9n, due: 0n },
};

test('the level that was lost before the tally is found; the amounts follow from what was left before', () => {
  const found = explainEpoch(record, facts);
  expect(found).toMatchObject({ level: 2, levelBps: 16_000n, qualified: true, state: 'due' });
  // Nobody had capacity: a quarter of 400 M ENC × (1 − 2^(−1/730)), to a millionth.
  const emission = Number(found.emission) / 1e18;
  expect(Math.abs(emission / (400e6 * (1 - 2 ** (-1 / 730)) * 0.25) - 1)).toBeLessThan(1e-6);
  expect(found.bonus).toBe(found.emission / 10n);
  expect(found.share).toBe((found.emission - found.emission / 10n) / 4n);
});

test('a contract that says anything else is told apart: another score, another payment, another sum due', () => {
  const { share, bonus } = explainEpoch(record, facts);
  const due = share + bonus;
  expect(explainEpoch(record, { ...facts, due }).agrees).toBe(true);
  expect(explainEpoch(record, { ...facts, due: due - 1n }).agrees).toBe(false);
  expect(explainEpoch({ ...record, work: record.work + 10n ** 12n }, { ...facts, due }).agrees).toBe(false);
  const fewer = { reputationBps: 5_000n, beats: 31n };
  expect(explainEpoch({ ...record, reasons: [fewer] }, { ...facts, due }).agrees).toBe(false);
  // A later tally that took no higher score: the earlier one is what stands behind it.
  const both = explainEpoch({ ...record, reasons: [fewer, ...record.reasons] }, { ...facts, due });
  expect(both).toMatchObject({ agrees: true, availabilityBps: 10_000n });
  expect(explainEpoch({ ...record, claimed: { share, bonus } }, facts).agrees).toBe(true);
  expect(explainEpoch({ ...record, claimed: { share, bonus: bonus + 1n } }, facts).agrees).toBe(false);
});
