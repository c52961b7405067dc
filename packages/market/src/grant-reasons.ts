import type { DatasetFacts, GrantFacts, MarketParameters, OrderFacts } from './facts.ts';
import { isAmount, isCount } from './is-count.ts';
import type { ReasonCode } from './reasons.ts';
import { sameAddress, ZERO_ADDRESS } from './same-address.ts';

/** The level that a match demands: the highest of order, grant and dataset. */
export const demandedLevel = ({ order }: OrderFacts, { grant }: GrantFacts, dataset: DatasetFacts): number =>
  Math.max(order.minLevel, grant.minLevel, dataset.minLevel ?? 0);

/** Reasons against a grant for an order; `Jobs._checkGrant`, the policy of `Datasets.admit` and the windows of `_open`. */
export function grantReasons(
  order: OrderFacts,
  facts: GrantFacts,
  dataset: DatasetFacts | undefined,
  parameters: MarketParameters,
  now: number,
): ReasonCode[] {
  const { grant } = facts;
  const found: ReasonCode[] = [];
  if (facts.signatureValid === undefined || facts.nonceCancelled === undefined) found.push('grant.unknown');
  if (!isAmount(grant.fee) || !isAmount(grant.expiresAt) || !isCount(grant.minLevel)) found.push('grant.unknown');
  if (facts.signatureValid === false) found.push('grant.signatureInvalid');
  if (BigInt(now) > grant.expiresAt) found.push('grant.expired');
  if (facts.nonceCancelled === true) found.push('grant.cancelled');
  if (!sameAddress(grant.datasetId, order.order.datasetId)) found.push('grant.otherDataset');
  if (!sameAddress(grant.developer, ZERO_ADDRESS) && !sameAddress(grant.developer, order.order.developer)) {
    found.push('grant.otherDeveloper');
  }
  if (grant.fee > order.order.maxDatasetFee) found.push('grant.feeAboveLimit');
  if (dataset === undefined) return found;
  if (dataset.policyDigest !== undefined && !sameAddress(grant.policyDigest, dataset.policyDigest)) {
    found.push('grant.outdatedPolicy');
  }
  const { startWindowSec, contestWindowSec, unbondingSec } = parameters;
  const contest = contestWindowSec?.[Math.min(3, demandedLevel(order, facts, dataset))];
  // Unknown windows are the order's own reason, market.unknown.
  if (startWindowSec !== undefined && contest !== undefined && unbondingSec !== undefined) {
    if (startWindowSec + order.order.durationSec + contest > unbondingSec) found.push('order.tooLong');
  }
  return found;
}
