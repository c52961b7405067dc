import fc from 'fast-check';
import type { MarketFacts } from '../src/index.ts';
import { charge, lanes } from './base-market.ts';

const hex =
  (digits: number) =>
  (n: number): string =>
    `0x${n.toString(16).padStart(digits, '0')}`;
const idOf = hex(64);
const accountOf = hex(40);
const ENC = 10n ** 18n;

/** Mostly the value, now and then unknown. */
const known = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 150, arbitrary: value }, { weight: 1, arbitrary: fc.constant(undefined) });
/** Mostly the good value, now and then the other. */
const mostly = <T>(good: T, bad: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 60, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constant(bad) });
const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const signed = { signatureValid: known(mostly(true, false)), nonceCancelled: known(mostly(false, true)) };
const expiresAt = mostly(1_900_000_000n, 1_700_000_000n);

const preferences = fc
  .tuple(fc.nat(10_000), fc.nat(10_000))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  .map(([a, b]) => ({ security: a, performance: b - a, cost: 10_000 - b }));

const progress = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ state: 'None', paidSteps: 0 }) },
  { weight: 2, arbitrary: pick(0, 30, 99).map((paidSteps) => ({ state: 'Expired', paidSteps })) },
  { weight: 1, arbitrary: pick({ state: 'Matched', paidSteps: 0 }, { state: undefined, paidSteps: undefined }) },
);

const order = fc.record({
  receivedAt: fc.integer({ min: 1, max: 4 }),
  preferences: fc.option(preferences, { nil: undefined }),
  ...signed,
  progress,
  order: fc
    .record({
      developer: fc.nat(2).map((n) => accountOf(0xd0 + n)),
      datasetId: fc.nat(2).map((n) => idOf(0xda0 + n)),
      units: fc.oneof(
        { weight: 60, arbitrary: pick(1n, 999_999n, 1_000_000n, 5_000_001n) },
        { weight: 1, arbitrary: fc.constant(0n) },
      ),
      steps: pick(100, 100, 333, 200, 100, 7),
      durationSec: pick(60, 60, 600, 86_400),
      maxRate: pick(3n, 7n, 7n).map((n) => n * ENC),
      maxDatasetFee: pick(1n, 5n, 5n).map((n) => n * ENC),
      minLevel: pick(0, 0, 0, 0, 1, 2),
      kind: fc.oneof({ weight: 40, arbitrary: pick(0, 0, 1) }, { weight: 1, arbitrary: fc.constant(2) }),
      minReputationBps: pick(0, 3_333, 5_000),
      minSpeed: pick(0n, 10n, 1_000n),
      charge: pick(0, 1, 5, 5, 10, 10, 100, 400, 2 ** 32 - 1),
      expiresAt,
    })
    .map(({ charge: micro, ...rest }) => ({ ...rest, ...charge(micro) })),
});

const offer = fc.record({
  ...signed,
  offer: fc.record({
    provider: fc.integer({ min: 0, max: 39 }).map((n) => accountOf(0xb0 + (n % 4) + (n === 39 ? 4 : 0))),
    ask: fc.oneof(
      pick(1n, 2n, 3n, 7n).map((n) => n * ENC),
      fc.bigInt({ min: 1n, max: 8n * ENC }),
    ),
    maxUnits: pick(1_000_000n, 10_000_000n, 10_000_000n),
    maxDurationSec: pick(60, 600, 100_000, 100_000),
    expiresAt,
  }),
});

const grant = fc.record({
  ...signed,
  grant: fc.record({
    datasetId: fc.nat(2).map((n) => idOf(0xda0 + n)),
    developer: pick(accountOf(0), accountOf(0), accountOf(0), accountOf(0xd0), accountOf(0xd1)),
    fee: pick(0n, 1n, 1n, 2n, 5n).map((n) => n * ENC),
    minLevel: pick(0, 0, 0, 1, 2),
    policyDigest: mostly(idOf(0x4), idOf(0x5)),
    expiresAt,
  }),
});

const provider = fc.record({
  active: known(mostly(true, false)),
  level: known(pick(0, 1, 2, 2, 3)),
  reputationBps: known(pick(0, 3_333, 6_000, 10_000)),
  speed: known(pick(5n, 10n, 5_000n, 20_000n)),
  freeStake: known(
    fc.oneof(
      pick(0n, 1n, 4n, 100n).map((n) => n * ENC),
      fc.bigInt({ min: 0n, max: 9n * ENC }),
    ),
  ),
  ask: fc.option(
    pick(0n, 3n, 7n, 8n).map((n) => n * ENC),
    { nil: undefined },
  ),
  freeWorkers: known(pick(0, 1, 1, 2, 9)),
});

const dataset = fc.record({
  retired: known(mostly(false, true)),
  minLevel: known(pick(0, 0, 1)),
  policyDigest: known(fc.constant(idOf(0x4))),
  caps: known(pick(lanes(1_000), lanes(1_000), [...lanes(0).slice(1), 900])),
  held: known(pick(lanes(0), lanes(0), lanes(600), lanes(990))),
});

/** Small markets in which most limits are met exactly, narrowly missed, or missed. */
export const marketArbitrary: fc.Arbitrary<MarketFacts> = fc
  .record({
    paused: mostly(false, true),
    stakeRatioBps: pick(100, 2_000, 15_000),
    unbondingSec: pick(700, 1_000_000, 1_000_000),
    orders: fc.array(order, { minLength: 2, maxLength: 8 }),
    offers: fc.array(offer, { minLength: 1, maxLength: 8 }),
    grants: fc.array(grant, { minLength: 4, maxLength: 12 }),
    providers: fc.tuple(...Array.from({ length: 4 }, () => provider)),
    datasets: fc.tuple(dataset, dataset, dataset),
    entitlements: fc.tuple(
      ...Array.from({ length: 3 }, () => known(pick(0n, 999_999n, 1_000_000n, 7_000_000n, 7_000_000n))),
    ),
    balances: fc.tuple(
      ...Array.from({ length: 3 }, () => known(pick(0n, 40n, 1_000n, 1_000n, 1_000n).map((n) => n * ENC))),
    ),
  })
  .map((raw) => ({
    now: 1_800_000_000,
    parameters: {
      paused: raw.paused,
      feeBps: 500,
      stakeRatioBps: raw.stakeRatioBps,
      startWindowSec: 60,
      contestWindowSec: [40, 30, 20, 10],
      unbondingSec: raw.unbondingSec,
    },
    orders: raw.orders.map(({ progress: at, ...rest }, i) => ({ id: idOf(0x100 + ((i * 5) % 8)), ...rest, ...at })),
    offers: raw.offers.map((item, i) => ({ id: idOf(0x200 + ((i * 3) % 8)), ...item })),
    grants: raw.grants.map((item, i) => ({ id: idOf(0x300 + i), ...item })),
    providers: raw.providers.map((item, i) => ({ address: accountOf(0xb0 + i), ...item })),
    datasets: raw.datasets.map((item, i) => ({ id: idOf(0xda0 + i), ...item })),
    developers: raw.balances.map((balance, i) => ({
      address: accountOf(0xd0 + i),
      balance,
      entitlementLeft: raw.entitlements[i],
    })),
  }));
