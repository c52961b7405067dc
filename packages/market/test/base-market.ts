import type { MarketFacts } from '../src/index.ts';

const id = (digit: string): string => `0x${digit.repeat(64)}`;
const address = (digit: string): string => `0x${digit.repeat(40)}`;

export const developer = address('a');
export const provider = address('b');
export const datasetId = id('d');
export const lanes = (value: number): number[] => Array.from({ length: 16 }, () => value);

/** A charge of that many micro-RDP in every lane. */
export function charge(value: number): { rdpLow: bigint; rdpHigh: bigint } {
  const word = Array.from({ length: 8 }, (_, i) => BigInt(value) << (32n * BigInt(i))).reduce((a, b) => a | b, 0n);
  return { rdpLow: word, rdpHigh: word };
}

/** A market in which one order meets one offer and just fits: every limit is exactly met. */
export const baseMarket: MarketFacts = {
  now: 1_800_000_000,
  parameters: {
    paused: false,
    feeBps: 500,
    stakeRatioBps: 2_000,
    startWindowSec: 60,
    contestWindowSec: [40, 30, 20, 10],
    unbondingSec: 700,
  },
  orders: [
    {
      id: id('1'),
      receivedAt: 1_799_999_000,
      signatureValid: true,
      nonceCancelled: false,
      state: 'None',
      paidSteps: 0,
      order: {
        developer,
        datasetId,
        units: 2_000_000n,
        steps: 100,
        durationSec: 600,
        maxRate: 50n * 10n ** 18n,
        maxDatasetFee: 3n * 10n ** 18n,
        minLevel: 0,
        kind: 0,
        minReputationBps: 3_333,
        minSpeed: 1_000_000n,
        ...charge(1_000),
        expiresAt: 1_800_000_000n,
      },
    },
  ],
  offers: [
    {
      id: id('2'),
      signatureValid: true,
      nonceCancelled: false,
      offer: {
        provider,
        ask: 50n * 10n ** 18n,
        maxUnits: 2_000_000n,
        maxDurationSec: 600,
        expiresAt: 1_800_000_000n,
      },
    },
  ],
  grants: [
    {
      id: id('3'),
      signatureValid: true,
      nonceCancelled: false,
      grant: {
        datasetId,
        developer,
        fee: 3n * 10n ** 18n,
        minLevel: 1,
        policyDigest: id('4'),
        expiresAt: 1_800_000_000n,
      },
    },
  ],
  providers: [
    {
      address: provider,
      active: true,
      level: 2,
      reputationBps: 3_333,
      speed: 1_000_000n,
      freeStake: 20n * 10n ** 18n,
      ask: 50n * 10n ** 18n,
      freeWorkers: 1,
    },
  ],
  datasets: [
    { id: datasetId, retired: false, minLevel: 2, policyDigest: id('4'), caps: lanes(10_000), held: lanes(9_000) },
  ],
  developers: [{ address: developer, balance: 103n * 10n ** 18n, entitlementLeft: 2_000_000n }],
};
