import type { OfferFacts, ProviderFacts } from './facts.ts';
import { isAmount, isCount } from './is-count.ts';
import type { ReasonCode } from './reasons.ts';
import { sameAddress } from './same-address.ts';

/** Reasons against an offer whatever order it meets; parts of `Jobs._checkOffer` and `_checkProvider`. */
export function offerReasons(facts: OfferFacts, provider: ProviderFacts | undefined, now: number): ReasonCode[] {
  const { offer } = facts;
  const found: ReasonCode[] = [];
  if (facts.signatureValid === undefined || facts.nonceCancelled === undefined) found.push('offer.unknown');
  if (![offer.ask, offer.maxUnits, offer.expiresAt].every(isAmount) || !isCount(offer.maxDurationSec)) {
    found.push('offer.unknown');
  }
  if (facts.signatureValid === false) found.push('offer.signatureInvalid');
  if (BigInt(now) > offer.expiresAt) found.push('offer.expired');
  if (facts.nonceCancelled === true) found.push('offer.cancelled');
  if (provider === undefined || !isProviderKnown(provider) || !sameAddress(provider.address, offer.provider)) {
    return [...found, 'provider.unknown'];
  }
  if (!provider.active) found.push('provider.inactive');
  if (provider.freeWorkers === 0) found.push('provider.busy');
  return found;
}

const isProviderKnown = (provider: ProviderFacts): boolean =>
  provider.active !== undefined &&
  isCount(provider.level) &&
  isCount(provider.reputationBps) &&
  isAmount(provider.speed) &&
  isAmount(provider.freeStake) &&
  isCount(provider.freeWorkers);
