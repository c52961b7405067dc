import type { Clearing, Match, Refusal } from './clearing.ts';
import type { GrantFacts, MarketFacts, OrderFacts } from './facts.ts';
import { demandedLevel, grantReasons } from './grant-reasons.ts';
import { keyOf, prepareRound, type MarketRound } from './market-round.ts';
import { escrowOf, heldAfter, orderReasons, usesEntitlement } from './order-reasons.ts';
import { lockOf, priceOf } from './pair-reasons.ts';
import { codesOf, takeFromStock } from './pair-table.ts';
import type { ReasonCode } from './reasons.ts';
import { checkPreferences, DEFAULT_PREFERENCES, scoreOf } from './score.ts';
import { sortReasons } from './sort-reasons.ts';

/**
 * Matches orders to offers: reserved orders first, then the market’s; each in turn, by time of arrival and then id, gets the admissible offer with the best
 * score under its preferences, and the cheapest grant that allows it, at the offer's ask. A provider takes as many jobs as
 * it has free workers; balances, stakes and privacy budgets that an earlier match of the round used are gone for later
 * ones. Every other order is refused with reasons: its own if there are any, else those of the grants, else all that
 * stand between it and the offers. Pure and independent of the order of its inputs: anybody can repeat it.
 *
 * @throws `market.badFacts` for two facts of one id, `market.badParameter` for preferences that don't add up to 10,000
 */
export function matchOrders(market: MarketFacts): Clearing {
  const round = prepareRound(market);
  const matches: Match[] = [];
  const refusals: Refusal[] = [];
  for (const order of round.orders) {
    const result = matchOrder(order, round, market);
    if ('rate' in result) matches.push(result);
    else refusals.push({ orderId: order.id, reasons: sortReasons(result) });
  }
  return { matches, refusals };
}

/** The match of one order, taken off the round's stock, or the reasons against it. */
function matchOrder(order: OrderFacts, round: MarketRound, market: MarketFacts): Match | readonly ReasonCode[] {
  const developerKey = keyOf(order.order.developer);
  const datasetKey = keyOf(order.order.datasetId);
  const developer = round.developers.get(developerKey);
  const dataset = round.datasets.get(datasetKey);
  const own = orderReasons(order, developer, dataset, market.parameters, market.now);
  if (own.length > 0) return own;

  const forDataset = round.grants.get(datasetKey) ?? [];
  if (forDataset.length === 0) return ['grant.missing'];
  const against = forDataset.map((grant) => grantReasons(order, grant, dataset, market.parameters, market.now));
  const grants = forDataset.filter((_, i) => against[i]!.length === 0);
  if (grants.length === 0) return against.flat();

  const levelFor = (grant: GrantFacts): number => demandedLevel(order, grant, dataset!);
  const { best, score, bits } = bestOffer(order, Math.min(...grants.map(levelFor)), round);
  if (best < 0) {
    const codes = [...round.gone, ...codesOf(bits)];
    return codes.length === 0 ? ['market.noOffers'] : codes;
  }

  const { offer, provider, providerIndex } = round.live[best]!;
  const { grant, id: grantId } = grants.find((some) => levelFor(some) <= provider.level!)!;
  const rate = offer.offer.ask;
  const escrow = escrowOf(order);
  takeFromStock(round.stock, providerIndex, lockOf(order, rate, market.parameters.stakeRatioBps!));
  round.developers.set(developerKey, {
    ...developer!,
    balance: developer!.balance! - escrow,
    ...(usesEntitlement(order) ? { entitlementLeft: developer!.entitlementLeft! - order.order.units } : {}),
  });
  // A new attempt uses the reservation of the first.
  if (order.state === 'None') round.datasets.set(datasetKey, { ...dataset!, held: heldAfter(order, dataset!) });
  return {
    orderId: order.id,
    offerId: offer.id,
    grantId,
    provider: provider.address,
    rate,
    price: priceOf(order, rate),
    escrow,
    datasetFee: (order.paidSteps ?? 0) === 0 ? grant.fee : 0n,
    score,
    ...round.marks[best]!,
    reputationBps: provider.reputationBps!,
  };
}

/** Place of the best admissible offer, −1 if there is none, and the bits of all reasons met on the way. */
function bestOffer(
  order: OrderFacts,
  demanded: number,
  { live, marks, table, places }: MarketRound,
): { best: number; score: number; bits: number } {
  const preferences = order.preferences ?? DEFAULT_PREFERENCES;
  checkPreferences(preferences);
  const place = places.get(order.id)!;
  let best = -1;
  let bestScore = -1;
  let bits = 0;
  for (let j = 0; j < live.length; j++) {
    const against = table.reasonsOf(place, j, demanded);
    bits |= against;
    if (against !== 0) continue;
    const score = scoreOf(preferences, marks[j]!, live[j]!.provider.reputationBps!);
    // Offers come by ask and id, so the first of equals is the one to take.
    if (score > bestScore) {
      best = j;
      bestScore = score;
    }
  }
  return { best, score: bestScore, bits };
}
