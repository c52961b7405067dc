import type { MarketParameters, OfferFacts, OrderFacts, ProviderFacts } from './facts.ts';
import { isCount } from './is-count.ts';
import { priceDown } from './price.ts';
import type { ReasonCode } from './reasons.ts';
import { lockUp } from './stake-lock.ts';

/** Price of all steps that a new attempt has to do, at a rate; rounded down. */
export const priceOf = ({ order, paidSteps = 0 }: OrderFacts, rate: bigint): bigint =>
  priceDown(order.units, rate, BigInt(paidSteps), BigInt(order.steps));

/** Wei of the provider's stake that a match at a rate locks. */
export const lockOf = (order: OrderFacts, rate: bigint, stakeRatioBps: number): bigint =>
  lockUp(priceOf(order, rate), BigInt(stakeRatioBps));

/**
 * Reasons against one offer for one order, once neither has reasons of its own; the rest of `Jobs._checkOffer` and
 * `_checkProvider`, `_checkLevel`, and the stake.
 */
export function pairReasons(
  order: OrderFacts,
  { offer }: OfferFacts,
  provider: ProviderFacts,
  demanded: number,
  { stakeRatioBps }: MarketParameters,
  rate: bigint,
): ReasonCode[] {
  const { order: terms } = order;
  const found: ReasonCode[] = [];
  if (terms.units > offer.maxUnits) found.push('offer.tooLittleWork');
  if (terms.durationSec > offer.maxDurationSec) found.push('offer.tooShort');
  if (offer.ask > terms.maxRate) found.push('offer.askAboveLimit');
  else if (rate < offer.ask || rate > terms.maxRate || (terms.kind === 1 && rate !== offer.ask)) {
    found.push('offer.rateOutOfRange');
  }
  if (terms.kind === 1 && offer.ask > (provider.ask ?? 0n)) found.push('offer.askNotPosted');
  if (provider.level! < demanded) found.push('provider.levelTooLow');
  if (provider.reputationBps! < terms.minReputationBps) found.push('provider.reputationTooLow');
  if (provider.speed! < terms.minSpeed) found.push('provider.tooSlow');
  // An unknown ratio is the order's own reason, market.unknown.
  if (isCount(stakeRatioBps) && lockOf(order, rate, stakeRatioBps) > provider.freeStake!)
    found.push('provider.stakeTooSmall');
  return found;
}
