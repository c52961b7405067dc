import { areLanes, reserveBudget, unpackLanes } from './budget.ts';
import { escrowUp } from './escrow.ts';
import type { DatasetFacts, DeveloperFacts, MarketParameters, OrderFacts } from './facts.ts';
import { isAmount, isCount } from './is-count.ts';
import type { ReasonCode } from './reasons.ts';

const KINDS = 2;
const MAX_STEPS = 2 ** 24 - 1;

/** Wei that a match takes from the developer's balance (`Jobs._open`). */
export const escrowOf = ({ order, paidSteps = 0 }: OrderFacts): bigint =>
  escrowUp(order.units, order.maxRate, BigInt(paidSteps), BigInt(order.steps)) +
  (paidSteps === 0 ? order.maxDatasetFee : 0n);

/** True for an order of class reserved. */
export const isReserved = ({ order }: OrderFacts): boolean => order.kind === 1;

/** True where a match uses entitlement: a reserved order at its first match; later attempts go on with that. */
export const usesEntitlement = (facts: OrderFacts): boolean => isReserved(facts) && facts.state === 'None';

/** Reasons against an order whatever offer and grant it meets; `Jobs._checkOrder`, `_admit` and the balance of `_open`. */
export function orderReasons(
  facts: OrderFacts,
  developer: DeveloperFacts | undefined,
  dataset: DatasetFacts | undefined,
  parameters: MarketParameters,
  now: number,
): ReasonCode[] {
  const { order, paidSteps = 0 } = facts;
  const found: ReasonCode[] = [];
  if (!areParametersKnown(parameters)) found.push('market.unknown');
  else if (parameters.paused) found.push('market.paused');

  if (facts.signatureValid === undefined || facts.nonceCancelled === undefined || facts.state === undefined) {
    found.push('order.unknown');
  }
  if (isMalformed(facts)) return [...found, 'order.malformed'];
  if (facts.signatureValid === false) found.push('order.signatureInvalid');
  if (BigInt(now) > order.expiresAt) found.push('order.expired');
  if (facts.nonceCancelled === true) found.push('order.cancelled');
  if (facts.state !== undefined && facts.state !== 'None' && facts.state !== 'Expired') found.push('order.notOpen');

  const lacksEntitlementFact = usesEntitlement(facts) && !isAmount(developer?.entitlementLeft);
  if (!isAmount(developer?.balance) || lacksEntitlementFact) found.push('developer.unknown');
  else if (developer.balance < escrowOf({ ...facts, paidSteps })) found.push('developer.balanceTooSmall');
  if (usesEntitlement(facts) && isAmount(developer?.entitlementLeft) && developer.entitlementLeft < order.units) {
    found.push('developer.entitlementTooSmall');
  }

  if (dataset === undefined || !isDatasetKnown(dataset)) found.push('dataset.unknown');
  else if (dataset.retired) found.push('dataset.retired');
  else if (facts.state !== 'Expired' && !hasBudget(facts, dataset)) found.push('dataset.budgetExhausted');
  return found;
}

/** What a dataset's ledger holds once this order is matched; nothing when it has no room. */
export const heldAfter = ({ order }: OrderFacts, { caps, held }: DatasetFacts): number[] | undefined =>
  areLanes(caps) && areLanes(held) ? reserveBudget(caps, held, unpackLanes(order.rdpLow, order.rdpHigh)) : undefined;

const hasBudget = (facts: OrderFacts, dataset: DatasetFacts): boolean => heldAfter(facts, dataset) !== undefined;

const isDatasetKnown = ({ retired, minLevel, policyDigest, caps, held }: DatasetFacts): boolean =>
  retired !== undefined && isCount(minLevel) && policyDigest !== undefined && areLanes(caps) && areLanes(held);

const areParametersKnown = (parameters: MarketParameters): boolean =>
  parameters.paused !== undefined &&
  isCount(parameters.feeBps) &&
  isCount(parameters.stakeRatioBps) &&
  isCount(parameters.startWindowSec) &&
  isCount(parameters.unbondingSec) &&
  parameters.contestWindowSec?.length === 4 &&
  parameters.contestWindowSec.every(isCount);

/** True for an order that asks for nothing, or for something of an unknown kind. */
export function isMalformed({ order, paidSteps = 0, state }: OrderFacts): boolean {
  const { units, maxRate, maxDatasetFee, minSpeed, rdpLow, rdpHigh, expiresAt } = order;
  const amounts = [units, maxRate, maxDatasetFee, minSpeed, rdpLow, rdpHigh, expiresAt];
  const counts = [order.steps, order.durationSec, order.minLevel, order.kind, order.minReputationBps, paidSteps];
  return (
    !amounts.every(isAmount) ||
    !counts.every(isCount) ||
    units === 0n ||
    order.steps === 0 ||
    order.steps > MAX_STEPS ||
    order.kind >= KINDS ||
    paidSteps >= order.steps ||
    (paidSteps > 0 && state !== 'Expired')
  );
}
