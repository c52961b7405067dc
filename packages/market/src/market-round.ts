import { marketError } from './errors.ts';
import type { DatasetFacts, DeveloperFacts, GrantFacts, MarketFacts, OrderFacts } from './facts.ts';
import { offerReasons } from './offer-reasons.ts';
import { isMalformed, isReserved } from './order-reasons.ts';
import { createPairTable, type LiveOffer, type PairTable, type ProviderStock } from './pair-table.ts';
import type { ReasonCode } from './reasons.ts';
import { marksOf, scaleOf } from './score.ts';

/** A market made ready for matching: sorted, indexed, and with what the round uses up. */
export interface MarketRound {
  /** Reserved ones first; by arrival, then id. */
  readonly orders: readonly OrderFacts[];
  /** Offers that somebody may get, by ask, then id. */
  readonly live: readonly LiveOffer[];
  /** Reasons of the offers that nobody can get. */
  readonly gone: ReadonlySet<ReasonCode>;
  readonly marks: readonly ReturnType<typeof marksOf>[];
  /** By dataset; the cheapest first. */
  readonly grants: ReadonlyMap<string, readonly GrantFacts[]>;
  readonly datasets: Map<string, DatasetFacts>;
  readonly developers: Map<string, DeveloperFacts>;
  readonly stock: ProviderStock;
  readonly table: PairTable;
  /** Place in the table of each order that is not malformed. */
  readonly places: ReadonlyMap<string, number>;
}

/** The key of an address or id: one spelling. */
export const keyOf = (text: string): string => text.toLowerCase();

/**
 * The round of a market.
 *
 * @throws `market.badFacts` for two facts of one id or address
 */
export function prepareRound(market: MarketFacts): MarketRound {
  const orders = distinct(market.orders, (o) => o.id, 'orders').sort(
    (a, b) => Number(isReserved(b)) - Number(isReserved(a)) || a.receivedAt - b.receivedAt,
  );
  const offers = distinct(market.offers, (o) => o.id, 'offers').sort((a, b) => compare(a.offer.ask, b.offer.ask));
  const grants = distinct(market.grants, (g) => g.id, 'grants').sort(
    (a, b) => compare(a.grant.fee, b.grant.fee) || a.grant.minLevel - b.grant.minLevel,
  );
  const providers = distinct(market.providers, (p) => p.address, 'providers');
  const providerPlaces = new Map(providers.map((provider, i) => [keyOf(provider.address), i]));

  const live: LiveOffer[] = [];
  const gone = new Set<ReasonCode>();
  for (const offer of offers) {
    const providerIndex = providerPlaces.get(keyOf(offer.offer.provider)) ?? -1;
    const provider = providers[providerIndex];
    const found = offerReasons(offer, provider, market.now);
    if (found.length === 0) live.push({ offer, provider: provider!, providerIndex });
    for (const code of found) gone.add(code);
  }

  const stock: ProviderStock = {
    freeWorkers: Float64Array.from(providers, (provider) => provider.freeWorkers ?? 0),
    freeStake: providers.map((provider) => provider.freeStake ?? 0n),
    freeStakeAbout: Float64Array.from(providers, (provider) => Number(provider.freeStake ?? 0n)),
  };
  const measurable = orders.filter((order) => !isMalformed(order));
  const candidates = live.map(({ offer, provider }) => ({
    id: offer.id,
    ask: offer.offer.ask,
    level: provider.level!,
    speed: provider.speed!,
    reputationBps: provider.reputationBps!,
  }));
  const scale = scaleOf(candidates);
  return {
    orders,
    live,
    gone,
    marks: candidates.map((candidate) => marksOf(candidate, scale)),
    grants: Map.groupBy(grants, (grant) => keyOf(grant.grant.datasetId)),
    datasets: new Map(distinct(market.datasets, (d) => d.id, 'datasets').map((d) => [keyOf(d.id), d])),
    developers: new Map(distinct(market.developers, (d) => d.address, 'developers').map((d) => [keyOf(d.address), d])),
    stock,
    table: createPairTable(measurable, live, stock, market.parameters),
    places: new Map(measurable.map((order, i) => [order.id, i])),
  };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** A sorted copy, so that later stable sorts break ties by id. */
function distinct<T>(items: readonly T[], idOf: (item: T) => string, what: string): T[] {
  const sorted = items
    .map((item) => ({ key: keyOf(idOf(item)), item }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const twin = sorted.find(({ key }, i) => i > 0 && sorted[i - 1]!.key === key);
  if (twin === undefined) return sorted.map(({ item }) => item);
  throw marketError({ code: 'market.badFacts', message: `Two ${what} have the id ${twin.key}.`, place: what });
}
