import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baseMarket } from '../test/base-market.ts';
import { marketArbitrary } from '../test/market-arbitrary.ts';
import { matchOrders } from './match-orders.ts';
import { quote, type QuoteRequest } from './quote.ts';

const { maxRate: _limit, maxDatasetFee: _fee, expiresAt: _end, ...draft } = baseMarket.orders[0]!.order;
const idOf = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;
const ENC = 10n ** 18n;
const offersAt = (...asks: bigint[]) =>
  asks.map((ask, i) => ({
    ...baseMarket.offers[0]!,
    id: idOf(i + 1),
    offer: { ...baseMarket.offers[0]!.offer, ask },
  }));
const request: QuoteRequest = {
  order: draft,
  offers: offersAt(30n * ENC, 10n * ENC, 20n * ENC),
  providers: [{ ...baseMarket.providers[0]!, freeStake: 10n ** 24n }],
  grants: baseMarket.grants,
  dataset: baseMarket.datasets[0]!,
  parameters: baseMarket.parameters,
  now: baseMarket.now,
};

describe('quote', () => {
  test('names the cheapest, the median and a limit, to the wei', () => {
    expect(quote(request)).toStrictEqual({
      units: 2_000_000n,
      admissible: 3,
      cheapest: {
        rate: 10n * ENC,
        price: 20n * ENC,
        providerPay: 19n * ENC,
        treasuryFee: 1n * ENC,
        datasetFee: 3n * ENC,
        total: 23n * ENC,
      },
      median: {
        rate: 20n * ENC,
        price: 40n * ENC,
        providerPay: 38n * ENC,
        treasuryFee: 2n * ENC,
        datasetFee: 3n * ENC,
        total: 43n * ENC,
      },
      // The median and a tenth.
      limit: {
        rate: 22n * ENC,
        price: 44n * ENC,
        providerPay: 41_800_000_000_000_000_000n,
        treasuryFee: 2_200_000_000_000_000_000n,
        datasetFee: 3n * ENC,
        total: 47n * ENC,
      },
      escrow: 47n * ENC,
      refusals: [],
    });
  });

  test('keeps the developer’s own limit, and says who is above it', () => {
    const own = quote({ ...request, order: { ...draft, maxRate: 15n * ENC } });
    expect([own.admissible, own.limit!.rate, own.escrow]).toStrictEqual([1, 15n * ENC, 33n * ENC]);
    expect(own.refusals).toStrictEqual([
      { offerId: idOf(1), reasons: ['offer.askAboveLimit'] },
      { offerId: idOf(3), reasons: ['offer.askAboveLimit'] },
    ]);
  });

  test('without an admissible offer or grant has no price, but reasons', () => {
    const none = { admissible: 0, cheapest: null, median: null, limit: null, escrow: null };
    expect(quote({ ...request, offers: [] })).toMatchObject({ ...none, refusals: [] });
    const ungranted = quote({ ...request, grants: [] });
    expect(ungranted).toMatchObject(none);
    expect(ungranted.refusals[0]).toStrictEqual({ offerId: idOf(1), reasons: ['grant.missing'] });
  });

  test('counts each offer under the cheapest grant that its level allows', () => {
    const grant = baseMarket.grants[0]!;
    const strict = { ...grant, id: idOf(7), grant: { ...grant.grant, fee: ENC, minLevel: 3 } };
    const best = { ...baseMarket.providers[0]!, address: `0x${'7'.repeat(40)}`, level: 3, freeStake: 10n ** 24n };
    const [first, second] = offersAt(12n * ENC, 12n * ENC);
    const both = [first!, { ...second!, offer: { ...second!.offer, provider: best.address } }];
    const asked = quote({ ...request, grants: [grant, strict], offers: both, providers: [...request.providers, best] });
    expect([asked.cheapest!.datasetFee, asked.median!.datasetFee]).toStrictEqual([ENC, 3n * ENC]);
  });

  test('needs the treasury’s share', () => {
    expect(() => quote({ ...request, parameters: {} })).toThrow(
      expect.objectContaining({ code: 'market.badParameter' }),
    );
  });

  test('adds up, whatever the market; and what it proposes is matched', () => {
    let matched = 0;
    fc.assert(
      fc.property(marketArbitrary, fc.bigInt({ min: 1n, max: 9n * 10n ** 6n }), (market, units) => {
        const dataset = { ...baseMarket.datasets[0]!, id: market.datasets[0]!.id, minLevel: 0, policyDigest: idOf(4) };
        const order = {
          ...draft,
          units,
          minSpeed: 10n,
          minReputationBps: 0,
          datasetId: dataset.id,
          developer: market.developers[0]!.address,
        };
        const grants = market.grants.map((g) => ({ ...g, grant: { ...g.grant, datasetId: dataset.id } }));
        const asked = quote({ ...market, order, dataset, grants });
        for (const part of [asked.cheapest, asked.median, asked.limit]) {
          if (part === null) continue;
          expect(part.providerPay + part.treasuryFee).toBe(part.price);
          expect(part.price + part.datasetFee).toBe(part.total);
          expect(part.treasuryFee >= 0n && part.providerPay >= 0n).toBe(true);
        }
        expect(asked.refusals.length + asked.admissible).toBe(market.offers.length);
        for (const { reasons } of asked.refusals) expect(reasons.length).toBeGreaterThan(0);
        if (asked.limit === null || market.parameters.paused) return;
        const signed = {
          id: idOf(1),
          receivedAt: 1,
          signatureValid: true,
          nonceCancelled: false,
          state: 'None',
          order: {
            ...order,
            maxRate: asked.limit.rate,
            maxDatasetFee: asked.limit.datasetFee,
            expiresAt: BigInt(market.now),
          },
        };
        const developers = [{ address: order.developer, balance: asked.escrow! }];
        const round = matchOrders({ ...market, orders: [signed], datasets: [dataset], grants, developers });
        expect(round.refusals).toStrictEqual([]);
        const { price, datasetFee } = round.matches[0]!;
        expect(price + datasetFee >= asked.cheapest!.total).toBe(true);
        expect(price + datasetFee <= asked.limit.total).toBe(true);
        matched++;
      }),
      { numRuns: 300 },
    );
    expect(matched).toBeGreaterThan(30);
  });
});
