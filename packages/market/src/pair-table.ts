import type { MarketParameters, OfferFacts, OrderFacts, ProviderFacts } from './facts.ts';
import { isCount } from './is-count.ts';
import { lockOf } from './pair-reasons.ts';
import { rankValues } from './rank-values.ts';
import type { ReasonCode } from './reasons.ts';

/** An offer without reasons of its own, beside its provider. */
export interface LiveOffer {
  readonly offer: OfferFacts;
  readonly provider: ProviderFacts;
  /** Place of the provider among all providers. */
  readonly providerIndex: number;
}

/** What a round of matching uses up, by provider. */
export interface ProviderStock {
  readonly freeWorkers: Float64Array;
  readonly freeStake: bigint[];
  /** The same as numbers, for estimates. */
  readonly freeStakeAbout: Float64Array;
}

/** Takes one worker and a lock off a provider's stock. */
export function takeFromStock(stock: ProviderStock, providerIndex: number, lock: bigint): void {
  stock.freeWorkers[providerIndex]! -= 1;
  stock.freeStake[providerIndex]! -= lock;
  stock.freeStakeAbout[providerIndex] = Number(stock.freeStake[providerIndex]!);
}

const codes = [
  'offer.tooLittleWork',
  'offer.tooShort',
  'offer.askAboveLimit',
  'offer.askNotPosted',
  'provider.levelTooLow',
  'provider.reputationTooLow',
  'provider.tooSlow',
  'provider.stakeTooSmall',
  'provider.busy',
] as const satisfies readonly ReasonCode[];
const bit = Object.fromEntries(codes.map((code, i) => [code, 1 << i])) as Record<(typeof codes)[number], number>;

/** The codes in a set of bits. */
export const codesOf = (bits: number): ReasonCode[] => codes.filter((code) => (bits & bit[code]) !== 0);

/** Reasons between orders and offers as bits, fast: `pairReasons` at the ask, in a form for millions of pairs. */
export interface PairTable {
  /** Bits of the reasons between order i and offer j, as the stock is now; `demanded` is the level that counts. */
  reasonsOf(i: number, j: number, demanded: number): number;
}

/** The table of all pairs; holds orders + offers, not their product. */
export function createPairTable(
  orders: readonly OrderFacts[],
  offers: readonly LiveOffer[],
  stock: ProviderStock,
  parameters: MarketParameters,
): PairTable {
  // An unknown ratio refuses every order before its pairs are looked at.
  const stakeRatioBps = isCount(parameters.stakeRatioBps) ? parameters.stakeRatioBps : 0;
  const [units, maxUnits] = rankValues([orders.map((o) => o.order.units), offers.map((o) => o.offer.offer.maxUnits)]);
  const [maxRate, ask] = rankValues([orders.map((o) => o.order.maxRate), offers.map((o) => o.offer.offer.ask)]);
  const [minSpeed, speed] = rankValues([orders.map((o) => o.order.minSpeed), offers.map((o) => o.provider.speed!)]);
  const duration = Float64Array.from(orders, (o) => o.order.durationSec);
  const maxDuration = Float64Array.from(offers, (o) => o.offer.offer.maxDurationSec);
  const minReputation = Int32Array.from(orders, (o) => o.order.minReputationBps);
  const reputation = Int32Array.from(offers, (o) => o.provider.reputationBps!);
  const level = Int32Array.from(offers, (o) => o.provider.level!);
  const provider = Int32Array.from(offers, (o) => o.providerIndex);
  const reserved = Uint8Array.from(orders, (o) => (o.order.kind === 1 ? 1 : 0));
  const posted = Uint8Array.from(offers, (o) => (o.offer.offer.ask <= (o.provider.ask ?? 0n) ? 1 : 0));
  // Price of order i at offer j ≈ weight[i] · price[j] wei, but for rounding.
  const weight = Float64Array.from(
    orders,
    ({ order, paidSteps = 0 }) => (Number(order.units) * (order.steps - paidSteps)) / order.steps / 1e6,
  );
  const price = Float64Array.from(offers, (o) => Number(o.offer.offer.ask));
  const ratio = stakeRatioBps / 10_000;

  /** Exact; the estimate only spares big numbers where it is beyond any rounding of doubles and of wei. */
  const lacksStake = (i: number, j: number): boolean => {
    const estimate = weight[i]! * price[j]! * ratio;
    const available = stock.freeStakeAbout[provider[j]!]!;
    const slack = 1e-9 * (estimate + available) + 1e4;
    if (estimate + slack < available) return false;
    if (estimate > available + slack) return true;
    return lockOf(orders[i]!, offers[j]!.offer.offer.ask, stakeRatioBps) > stock.freeStake[provider[j]!]!;
  };

  return {
    reasonsOf(i, j, demanded) {
      let bits = 0;
      if (units![i]! > maxUnits![j]!) bits |= bit['offer.tooLittleWork'];
      if (duration[i]! > maxDuration[j]!) bits |= bit['offer.tooShort'];
      if (ask![j]! > maxRate![i]!) bits |= bit['offer.askAboveLimit'];
      if (reserved[i] === 1 && posted[j] === 0) bits |= bit['offer.askNotPosted'];
      if (level[j]! < demanded) bits |= bit['provider.levelTooLow'];
      if (reputation[j]! < minReputation[i]!) bits |= bit['provider.reputationTooLow'];
      if (speed![j]! < minSpeed![i]!) bits |= bit['provider.tooSlow'];
      if (stock.freeWorkers[provider[j]!]! <= 0) bits |= bit['provider.busy'];
      if (lacksStake(i, j)) bits |= bit['provider.stakeTooSmall'];
      return bits;
    },
  };
}
