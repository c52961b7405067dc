import { marketError } from './errors.ts';
import { escrowUp } from './escrow.ts';
import type { DatasetFacts, GrantFacts, MarketParameters, OfferFacts, OrderTerms, ProviderFacts } from './facts.ts';
import { feeUp } from './fee-split.ts';
import { demandedLevel, grantReasons } from './grant-reasons.ts';
import { offerReasons } from './offer-reasons.ts';
import { pairReasons } from './pair-reasons.ts';
import { priceDown } from './price.ts';
import type { ReasonCode } from './reasons.ts';
import { keyOf } from './market-round.ts';
import { sortReasons } from './sort-reasons.ts';

const BPS = 10_000n;
const UINT128_MAX = (1n << 128n) - 1n;

/** What a job at one rate costs. All amounts in wei; `providerPay + treasuryFee = price`, `price + datasetFee = total`. */
export interface PriceBreakdown {
  /** Wei a unit. */
  readonly rate: bigint;
  readonly price: bigint;
  readonly providerPay: bigint;
  readonly treasuryFee: bigint;
  readonly datasetFee: bigint;
  readonly total: bigint;
}

export interface Quote {
  /** Micro-units. */
  readonly units: bigint;
  /** Offers that would take the job now. */
  readonly admissible: number;
  /** Null when there is no admissible offer. */
  readonly cheapest: PriceBreakdown | null;
  /** Of the middle offer; of the dearer of two middle ones. */
  readonly median: PriceBreakdown | null;
  /** The most that the job can cost under the order's limits. */
  readonly limit: PriceBreakdown | null;
  /** What the developer's balance must hold: at least `limit.total`, the difference comes back. */
  readonly escrow: bigint | null;
  /** Why each other offer would not take it. */
  readonly refusals: readonly { readonly offerId: string; readonly reasons: readonly ReasonCode[] }[];
}

export interface QuoteRequest {
  /** The order as far as it is known; without `maxRate` a limit is proposed. */
  readonly order: Omit<OrderTerms, 'maxRate' | 'maxDatasetFee' | 'expiresAt'> & { readonly maxRate?: bigint };
  readonly offers: readonly OfferFacts[];
  readonly providers: readonly ProviderFacts[];
  readonly grants: readonly GrantFacts[];
  readonly dataset: DatasetFacts;
  readonly parameters: MarketParameters;
  readonly now: number;
  /** How far above the median a proposed limit lies, in basis points, rounded up. Default 1,000. */
  readonly headroomBps?: number;
}

/**
 * What a job would cost now: with the cheapest and the median admissible offer, each under the cheapest grant that its
 * provider's level allows, and at the limit to sign (`maxRate = limit.rate`, `maxDatasetFee = limit.datasetFee`), which
 * admits the median offer. The same checks as the matcher's, but for the developer's balance and the
 * privacy budget, which the quote does not need.
 *
 * @throws `market.badParameter` when the treasury's share is not known
 */
export function quote(request: QuoteRequest): Quote {
  const { order, offers, grants, dataset, parameters, now, headroomBps = 1_000 } = request;
  const { feeBps } = parameters;
  if (feeBps === undefined) {
    throw marketError({ code: 'market.badParameter', message: 'A quote needs the share of the treasury.' });
  }
  const draft = {
    id: 'draft',
    receivedAt: now,
    state: 'None',
    order: { ...order, maxRate: order.maxRate ?? UINT128_MAX, maxDatasetFee: UINT128_MAX, expiresAt: BigInt(now) },
  };
  const against = grants.map((grant) => grantReasons(draft, grant, dataset, parameters, now));
  const admitted = grants.filter((_, i) => against[i]!.length === 0).sort((a, b) => compare(a.grant.fee, b.grant.fee));
  const noGrant: ReasonCode[] = admitted.length > 0 ? [] : grants.length === 0 ? ['grant.missing'] : against.flat();
  const levelFor = (grant: GrantFacts): number => demandedLevel(draft, grant, dataset);
  const easiest = admitted.length === 0 ? order.minLevel : Math.min(...admitted.map(levelFor));

  const providers = new Map(request.providers.map((provider) => [keyOf(provider.address), provider]));
  const prices: PriceBreakdown[] = [];
  const refusals: { offerId: string; reasons: ReasonCode[] }[] = [];
  for (const offer of offers) {
    const provider = providers.get(keyOf(offer.offer.provider));
    const own = offerReasons(offer, provider, now);
    const comparable = !own.includes('provider.unknown') && !own.includes('offer.unknown');
    const pair = comparable ? pairReasons(draft, offer, provider!, easiest, parameters, offer.offer.ask) : [];
    const found = sortReasons([...noGrant, ...own, ...pair]);
    if (found.length > 0) {
      refusals.push({ offerId: offer.id, reasons: found });
      continue;
    }
    const { grant } = admitted.find((some) => levelFor(some) <= provider!.level!)!;
    prices.push(breakdown(order, offer.offer.ask, grant.fee, BigInt(feeBps)));
  }
  prices.sort((a, b) => compare(a.total, b.total) || compare(a.rate, b.rate));

  const median = prices[prices.length >> 1];
  const limitRate = order.maxRate ?? (median && raised(median.rate, BigInt(headroomBps)));
  const limitFee = median?.datasetFee ?? admitted[0]?.grant.fee ?? 0n;
  return {
    units: order.units,
    admissible: prices.length,
    cheapest: prices[0] ?? null,
    median: median ?? null,
    limit: limitRate === undefined ? null : breakdown(order, limitRate, limitFee, BigInt(feeBps)),
    escrow: limitRate === undefined ? null : escrowUp(order.units, limitRate, 0n, BigInt(order.steps)) + limitFee,
    refusals,
  };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** The rate and that many basis points of it, rounded up. */
const raised = (rate: bigint, headroomBps: bigint): bigint => (rate * (BPS + headroomBps) + BPS - 1n) / BPS;

function breakdown(
  { units, steps }: { units: bigint; steps: number },
  rate: bigint,
  datasetFee: bigint,
  feeBps: bigint,
): PriceBreakdown {
  const price = priceDown(units, rate, 0n, BigInt(steps));
  const treasuryFee = feeUp(price, feeBps);
  return { rate, price, providerPay: price - treasuryFee, treasuryFee, datasetFee, total: price + datasetFee };
}
