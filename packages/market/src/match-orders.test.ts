import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '@encryptech/base';
import { baseMarket, lanes } from '../test/base-market.ts';
import { marketArbitrary } from '../test/market-arbitrary.ts';
import { checkMatch } from './check-match.ts';
import { clearingToJson } from './clearing-json.ts';
import { digestMarket } from './digest-market.ts';
import type { MarketFacts, OrderFacts } from './facts.ts';
import { marketFromJson, marketToJson } from './market-json.ts';
import { matchOrders } from './match-orders.ts';

const runs = { numRuns: 400 };
const text = (market: MarketFacts): string => canonicalJson(clearingToJson(matchOrders(market)));

interface Made {
  orderId: string;
  offerId: string;
  grantId: string;
}

const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
const remaining = (facts: OrderFacts): [bigint, bigint] => [
  BigInt(facts.order.steps - (facts.paidSteps ?? 0)),
  BigInt(facts.order.steps),
];
const lockedBy = (facts: OrderFacts, rate: bigint, ratioBps: number): bigint => {
  const [left, all] = remaining(facts);
  return ceilDiv(((facts.order.units * rate * left) / (1_000_000n * all)) * BigInt(ratioBps), 10_000n);
};
const escrowed = (facts: OrderFacts): bigint => {
  const [left, all] = remaining(facts);
  const work = ceilDiv(facts.order.units * facts.order.maxRate * left, 1_000_000n * all);
  return work + (facts.paidSteps === 0 ? facts.order.maxDatasetFee : 0n);
};
const lanesOf = (low: bigint, high: bigint): number[] =>
  [...Array(16).keys()].map((i) => Number(((i < 8 ? low : high) >> BigInt(32 * (i % 8))) & 0xffffffffn));

/** The slow way, by nothing but checkMatch and the definition: what matchOrders must equal. */
function matchSlowly(market: MarketFacts): { made: Made[]; refused: string[] } {
  const developers = market.developers.map((d) => ({ ...d }));
  const providers = market.providers.map((p) => ({ ...p }));
  const datasets = market.datasets.map((d) => ({ ...d }));
  const made: Made[] = [];
  const refused: string[] = [];
  // Marks are measured against all offers that stood at the start of the round.
  const standing = market.offers.filter((offer) => {
    const provider = providers.find((p) => p.address === offer.offer.provider);
    const codes = checkMatch({ ...baseProposal(market), offer, provider });
    return !codes.some((code) => /^offer\.(unknown|sign|exp|canc)|^provider\.(unknown|inactive|busy)/.test(code));
  });
  const speeds = standing.map((o) => market.providers.find((p) => p.address === o.offer.provider)!.speed!);
  const fastest = speeds.reduce((a, b) => (a > b ? a : b), 0n);
  const cheapest = standing.map((o) => o.offer.ask).reduce((a, b) => (a < b ? a : b), 10n ** 40n);

  const last = ({ order }: OrderFacts): number => (order.kind === 1 ? 0 : 1);
  const inTurn = [...market.orders].sort(
    (a, b) => last(a) - last(b) || a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1),
  );
  for (const order of inTurn) {
    const developer = developers.find((d) => d.address === order.order.developer);
    const dataset = datasets.find((d) => d.id === order.order.datasetId);
    const options = market.offers.flatMap((offer) => {
      const provider = providers.find((p) => p.address === offer.offer.provider);
      return market.grants
        .filter((grant) => {
          const facts = { order, offer, provider, grant, dataset, developer };
          return checkMatch({ ...facts, parameters: market.parameters, now: market.now }).length === 0;
        })
        .map((grant) => ({ offer, provider: provider!, grant }));
    });
    const weights = order.preferences ?? { security: 3_000, performance: 3_000, cost: 4_000 };
    const score = ({ offer, provider }: (typeof options)[number]): bigint =>
      (BigInt(weights.security) * BigInt([0, 3_333, 6_666, 10_000][provider.level!]!) +
        BigInt(weights.performance) * ((provider.speed! * 10_000n) / fastest) +
        BigInt(weights.cost) * ((cheapest * 10_000n) / offer.offer.ask)) *
      (10_000n + BigInt(provider.reputationBps!));
    const before = (a: bigint | number | string, b: bigint | number | string): number => (a < b ? -1 : a > b ? 1 : 0);
    options.sort(
      (a, b) =>
        before(score(b), score(a)) ||
        before(a.offer.offer.ask, b.offer.offer.ask) ||
        before(a.offer.id, b.offer.id) ||
        before(a.grant.grant.fee, b.grant.grant.fee) ||
        before(a.grant.grant.minLevel, b.grant.grant.minLevel) ||
        before(a.grant.id, b.grant.id),
    );
    const best = options[0];
    if (best === undefined) {
      refused.push(order.id);
      continue;
    }
    made.push({ orderId: order.id, offerId: best.offer.id, grantId: best.grant.id });
    developer!.balance = developer!.balance! - escrowed(order);
    if (order.order.kind === 1 && order.state === 'None') developer!.entitlementLeft! -= order.order.units;
    best.provider.freeWorkers! -= 1;
    best.provider.freeStake! -= lockedBy(order, best.offer.offer.ask, market.parameters.stakeRatioBps!);
    if (order.state === 'None') {
      const charge = lanesOf(order.order.rdpLow, order.order.rdpHigh);
      dataset!.held = dataset!.held!.map((lane, i) => lane + Math.min(charge[i]!, dataset!.caps![i]! + 1));
    }
  }
  return { made, refused };
}

const baseProposal = (market: MarketFacts) => ({
  order: baseMarket.orders[0]!,
  grant: baseMarket.grants[0]!,
  dataset: baseMarket.datasets[0]!,
  developer: baseMarket.developers[0]!,
  parameters: market.parameters,
  now: market.now,
});

describe('any market', () => {
  test('pays a price between ask and bid, reserved orders what was posted at most, and none beyond its entitlement', () => {
    fc.assert(
      fc.property(marketArbitrary, (market) => {
        const used = new Map<string, bigint>();
        for (const match of matchOrders(market).matches) {
          const { order, state } = market.orders.find(({ id }) => id === match.orderId)!;
          const { offer } = market.offers.find(({ id }) => id === match.offerId)!;
          expect(match.rate >= offer.ask && match.rate <= order.maxRate).toBe(true);
          if (order.kind !== 1) continue;
          expect(match.rate <= market.providers.find(({ address }) => address === match.provider)!.ask!).toBe(true);
          if (state === 'None') used.set(order.developer, (used.get(order.developer) ?? 0n) + order.units);
        }
        for (const [address, units] of used) {
          expect(units <= market.developers.find((d) => d.address === address)!.entitlementLeft!).toBe(true);
        }
      }),
      runs,
    );
  });

  test('is matched as the definition says: best admissible offer, cheapest grant, first come first served', () => {
    let matched = 0;
    fc.assert(
      fc.property(marketArbitrary, (market) => {
        const { matches, refusals } = matchOrders(market);
        const slow = matchSlowly(market);
        matched += matches.length;
        expect(matches.map(({ orderId, offerId, grantId }) => ({ orderId, offerId, grantId }))).toStrictEqual(
          slow.made,
        );
        expect(refusals.map(({ orderId }) => orderId)).toStrictEqual(slow.refused);
      }),
      runs,
    );
    // The generator must not have made this empty.
    expect(matched).toBeGreaterThan(100);
  });

  test('answers every order once, every refusal with reasons from the list', () => {
    fc.assert(
      fc.property(marketArbitrary, (market) => {
        const { matches, refusals } = matchOrders(market);
        const answered = [...matches, ...refusals].map(({ orderId }) => orderId).sort();
        expect(answered).toStrictEqual(market.orders.map(({ id }) => id).sort());
        for (const { reasons } of refusals) expect(reasons.length).toBeGreaterThan(0);
      }),
      runs,
    );
  });

  test('gives no more than there is, and names prices that add up', () => {
    fc.assert(
      fc.property(marketArbitrary, (market) => {
        const { matches } = matchOrders(market);
        const orderOf = (id: string): OrderFacts => market.orders.find((o) => o.id === id)!;
        for (const { address, balance } of market.developers) {
          const taken = matches.filter((m) => orderOf(m.orderId).order.developer === address);
          const sum = taken.reduce((total, m) => total + m.escrow, 0n);
          expect(sum <= (balance ?? 0n)).toBe(true);
        }
        for (const { address, freeWorkers, freeStake } of market.providers) {
          const given = matches.filter((m) => m.provider === address);
          expect(given.length).toBeLessThanOrEqual(freeWorkers ?? 0);
          const locked = given.map((m) => lockedBy(orderOf(m.orderId), m.rate, market.parameters.stakeRatioBps!));
          expect(locked.reduce((a, b) => a + b, 0n) <= (freeStake ?? 0n)).toBe(true);
        }
        for (const match of matches) {
          const { order, paidSteps } = orderOf(match.orderId);
          expect(match.rate <= order.maxRate).toBe(true);
          expect(match.escrow).toBe(escrowed(orderOf(match.orderId)));
          expect(match.price + match.datasetFee <= match.escrow).toBe(true);
          if (paidSteps !== 0) expect(match.datasetFee).toBe(0n);
        }
      }),
      runs,
    );
  });

  test('has one clearing and one digest, in whatever order its facts come', () => {
    const shuffled = marketArbitrary.chain((market) =>
      fc
        .tuple(
          fc.shuffledSubarray([...market.orders], { minLength: market.orders.length }),
          fc.shuffledSubarray([...market.offers], { minLength: market.offers.length }),
          fc.shuffledSubarray([...market.grants], { minLength: market.grants.length }),
          fc.shuffledSubarray([...market.providers], { minLength: market.providers.length }),
        )
        .map(
          ([orders, offers, grants, providers]) => [market, { ...market, orders, offers, grants, providers }] as const,
        ),
    );
    fc.assert(
      fc.property(shuffled, ([market, other]) => {
        expect(text(other)).toBe(text(market));
        expect(digestMarket(other)).toBe(digestMarket(market));
      }),
      runs,
    );
  });

  test('is repeated by anybody from its JSON', () => {
    fc.assert(
      fc.property(marketArbitrary, (market) => {
        const back = marketFromJson(JSON.parse(JSON.stringify(marketToJson(market))));
        expect(text(back)).toBe(text(market));
        expect(digestMarket(back)).toBe(digestMarket(market));
      }),
      runs,
    );
  });
});

describe('one market', () => {
  const order = baseMarket.orders[0]!;
  const offer = baseMarket.offers[0]!;
  const provider = baseMarket.providers[0]!;
  const idOf = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;
  const addressOf = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;
  const rich = {
    ...baseMarket,
    developers: [{ ...baseMarket.developers[0]!, balance: 10n ** 24n }],
    datasets: [{ ...baseMarket.datasets[0]!, held: lanes(0) }],
  };

  test('is matched at the ask, with literal amounts', () => {
    expect(matchOrders(baseMarket)).toStrictEqual({
      matches: [
        {
          orderId: order.id,
          offerId: offer.id,
          grantId: baseMarket.grants[0]!.id,
          provider: provider.address,
          rate: 50_000_000_000_000_000_000n,
          price: 100_000_000_000_000_000_000n,
          escrow: 103_000_000_000_000_000_000n,
          datasetFee: 3_000_000_000_000_000_000n,
          // (3000 · 6666 + 3000 · 10000 + 4000 · 10000) · 13333
          score: 1_199_943_334_000,
          security: 6_666,
          performance: 10_000,
          cost: 10_000,
          reputationBps: 3_333,
        },
      ],
      refusals: [],
    });
  });

  test('without offers says so', () => {
    expect(matchOrders({ ...baseMarket, offers: [] }).refusals).toStrictEqual([
      { orderId: order.id, reasons: ['market.noOffers'] },
    ]);
  });

  test('serves who came first, then by id, one job a worker', () => {
    const orders = [
      { ...order, id: idOf(3), receivedAt: 10 },
      { ...order, id: idOf(1), receivedAt: 20 },
      { ...order, id: idOf(2), receivedAt: 10 },
    ];
    const providers = [{ ...provider, freeWorkers: 2, freeStake: 10n ** 24n }];
    const { matches, refusals } = matchOrders({ ...rich, orders, providers });
    expect(matches.map((m) => m.orderId)).toStrictEqual([idOf(2), idOf(3)]);
    expect(refusals).toStrictEqual([{ orderId: idOf(1), reasons: ['provider.busy'] }]);
  });

  test('spends deposit, stake and budget once', () => {
    const orders = [order, { ...order, id: idOf(1), receivedAt: order.receivedAt + 1 }];
    const providers = [{ ...provider, freeWorkers: 9, freeStake: 10n ** 24n }];
    const second = (change: Partial<MarketFacts>): unknown =>
      matchOrders({ ...rich, orders, providers, ...change }).refusals;
    expect(second({})).toStrictEqual([]);
    expect(second({ developers: baseMarket.developers })).toStrictEqual([
      { orderId: idOf(1), reasons: ['developer.balanceTooSmall'] },
    ]);
    expect(second({ datasets: baseMarket.datasets })).toStrictEqual([
      { orderId: idOf(1), reasons: ['dataset.budgetExhausted'] },
    ]);
    expect(second({ providers: [{ ...provider, freeWorkers: 9 }] })).toStrictEqual([
      { orderId: idOf(1), reasons: ['provider.stakeTooSmall'] },
    ]);
  });

  test('reserved orders come first, within entitlement; what they leave falls to the market', () => {
    const reserved = (n: number, receivedAt: number) => ({
      ...{ ...order, id: idOf(n), receivedAt },
      order: { ...order.order, kind: 1 },
    });
    const orders = [{ ...order, id: idOf(1), receivedAt: 1 }, reserved(2, 3), reserved(3, 2)];
    const round = (workers: number, entitlementLeft: bigint) =>
      matchOrders({
        ...{ ...rich, orders },
        providers: [{ ...provider, freeWorkers: workers, freeStake: 10n ** 24n }],
        developers: [{ ...rich.developers[0]!, entitlementLeft }],
      });
    const served = ({ matches }: ReturnType<typeof matchOrders>): string[] => matches.map(({ orderId }) => orderId);
    expect(served(round(1, 9_000_000n))).toStrictEqual([idOf(3)]);
    expect(served(round(3, 9_000_000n))).toStrictEqual([idOf(3), idOf(2), idOf(1)]);
    // Room for one: the other waits for the next epoch, and the market gets its place.
    const tight = round(3, 3_999_999n);
    expect(served(tight)).toStrictEqual([idOf(3), idOf(1)]);
    expect(tight.refusals).toStrictEqual([{ orderId: idOf(2), reasons: ['developer.entitlementTooSmall'] }]);
  });

  test('follows what the developer cares for', () => {
    const kinds = [
      { level: 3, speed: 1_000_000n, ask: 40n, reputationBps: 5_000 },
      { level: 2, speed: 9_000_000n, ask: 45n, reputationBps: 5_000 },
      { level: 2, speed: 1_000_000n, ask: 20n, reputationBps: 5_000 },
    ];
    const providers = kinds.map((kind, i) => ({
      ...provider,
      ...kind,
      address: addressOf(i + 1),
      freeStake: 10n ** 24n,
    }));
    const offers = kinds.map(({ ask }, i) => ({
      ...offer,
      id: idOf(i + 1),
      offer: { ...offer.offer, provider: addressOf(i + 1), ask: ask * 10n ** 18n },
    }));
    const chosen = (preferences: object): string =>
      matchOrders({ ...rich, offers, providers, orders: [{ ...order, preferences: preferences as never }] }).matches[0]!
        .offerId;
    expect(chosen({ security: 10_000, performance: 0, cost: 0 })).toBe(idOf(1));
    expect(chosen({ security: 0, performance: 10_000, cost: 0 })).toBe(idOf(2));
    expect(chosen({ security: 0, performance: 0, cost: 10_000 })).toBe(idOf(3));
    // Of equals: better reputation first, then the lower ask, then the id.
    const equal = (change: readonly object[]): string => {
      const same = change.map((item, i) => ({
        ...provider,
        address: addressOf(i + 1),
        freeStake: 10n ** 24n,
        ...item,
      }));
      return matchOrders({
        ...rich,
        providers: same,
        offers: same.map((_, i) => ({
          ...offer,
          id: idOf(9 - i),
          offer: { ...offer.offer, provider: addressOf(i + 1) },
        })),
      }).matches[0]!.offerId;
    };
    expect(equal([{ reputationBps: 9_000 }, { reputationBps: 3_333 }])).toBe(idOf(9));
    expect(equal([{}, {}])).toBe(idOf(8));
  });

  test('takes the cheapest grant that the provider’s level allows', () => {
    const grant = baseMarket.grants[0]!;
    const grants = [
      { ...grant, id: idOf(1), grant: { ...grant.grant, fee: 2n * 10n ** 18n } },
      { ...grant, id: idOf(2), grant: { ...grant.grant, fee: 10n ** 18n, minLevel: 3 } },
    ];
    const match = matchOrders({ ...baseMarket, grants }).matches[0]!;
    expect([match.grantId, match.datasetFee]).toStrictEqual([idOf(1), 2_000_000_000_000_000_000n]);
  });

  test('refuses facts that contradict themselves', () => {
    const bad = expect.objectContaining({ code: 'market.badFacts' });
    expect(() => matchOrders({ ...baseMarket, orders: [order, order] })).toThrow(bad);
    expect(() => matchOrders({ ...baseMarket, providers: [provider, provider] })).toThrow(bad);
    expect(() =>
      matchOrders({ ...baseMarket, orders: [{ ...order, preferences: { security: 1, performance: 1, cost: 1 } }] }),
    ).toThrow(expect.objectContaining({ code: 'market.badParameter' }));
  });
});

describe('the JSON of a market', () => {
  const json = (): Record<string, never> =>
    JSON.parse(JSON.stringify(marketToJson(baseMarket))) as Record<string, never>;

  test('is closed and typed, and names the place', () => {
    const cases: [string, string, unknown][] = [
      ['market.extra', 'extra', 1],
      ['market.orders[0].order.units', 'orders.0.order.units', 5],
      ['market.orders[0].order.units', 'orders.0.order.units', '05'],
      ['market.orders[0].order.steps', 'orders.0.order.steps', undefined],
      ['market.offers[0].offer.bonus', 'offers.0.offer.bonus', '1'],
      ['market.providers[0].active', 'providers.0.active', 'yes'],
      ['market.datasets[0].caps', 'datasets.0.caps', [1.5]],
      ['market.grants', 'grants', {}],
      ['market.developers[0].address', 'developers.0.address', null],
      ['market.now', 'now', -1],
      ['version', 'version', 2],
    ];
    for (const [place, path, value] of cases) {
      const changed = json();
      const keys = path.split('.');
      const parent = keys.slice(0, -1).reduce((at, key) => at[key]!, changed);
      (parent as Record<string, unknown>)[keys.at(-1)!] = value;
      expect(() => marketFromJson(changed)).toThrow(expect.objectContaining({ code: 'market.badFacts', place }));
    }
    expect(() => marketFromJson(null)).toThrow(expect.objectContaining({ place: 'market' }));
  });

  test('leaves out what does not decide, such as a nonce', () => {
    const order = baseMarket.orders[0]!;
    const withNonce = { ...baseMarket, orders: [{ ...order, order: { ...order.order, nonce: 5n } }] };
    expect(digestMarket(withNonce)).toBe(digestMarket(baseMarket));
  });

  test('has this digest', () => {
    expect(digestMarket(baseMarket)).toBe('0x3542675054cf32d3a76df41363b6668c170701cfba5f36885b477ee39d659339');
  });
});
