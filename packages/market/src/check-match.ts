import type {
  DatasetFacts,
  DeveloperFacts,
  GrantFacts,
  MarketParameters,
  OfferFacts,
  OrderFacts,
  ProviderFacts,
} from './facts.ts';
import { demandedLevel, grantReasons } from './grant-reasons.ts';
import { offerReasons } from './offer-reasons.ts';
import { orderReasons } from './order-reasons.ts';
import { pairReasons } from './pair-reasons.ts';
import type { ReasonCode } from './reasons.ts';
import { sortReasons } from './sort-reasons.ts';

export interface ProposedMatch {
  readonly order: OrderFacts;
  readonly offer: OfferFacts;
  readonly provider: ProviderFacts | undefined;
  readonly grant: GrantFacts | undefined;
  readonly dataset: DatasetFacts | undefined;
  readonly developer: DeveloperFacts | undefined;
  readonly parameters: MarketParameters;
  /** Seconds since 1970, as the block of the match will have them. */
  readonly now: number;
  /** Wei a unit; the offer's ask if not given. */
  readonly rate?: bigint | undefined;
}

/**
 * All reasons against a match; none means that `Jobs.matchBatch` makes it, as long as the facts hold. Mirrors the hard
 * constraints of `Jobs` and, beyond them, that the provider has a free worker. A fact that is not known refuses.
 */
export function checkMatch(match: ProposedMatch): ReasonCode[] {
  const { order, offer, provider, grant, dataset, developer, parameters, now, rate = offer.offer.ask } = match;
  const ofOrder = orderReasons(order, developer, dataset, parameters, now);
  const ofOffer = offerReasons(offer, provider, now);
  const ofGrant =
    grant === undefined ? (['grant.missing'] as const) : grantReasons(order, grant, dataset, parameters, now);
  const comparable =
    !ofOrder.includes('order.malformed') && !ofOffer.includes('provider.unknown') && !ofOffer.includes('offer.unknown');
  const demanded =
    grant === undefined || dataset === undefined ? order.order.minLevel : demandedLevel(order, grant, dataset);
  const ofPair = comparable ? pairReasons(order, offer, provider!, demanded, parameters, rate) : [];
  return sortReasons([...ofOrder, ...ofGrant, ...ofOffer, ...ofPair]);
}
