import type { ReasonCode } from './reasons.ts';

/** One match to propose to `Jobs.matchBatch`, with the marks that made this offer the best. */
export interface Match {
  readonly orderId: string;
  readonly offerId: string;
  readonly grantId: string;
  readonly provider: string;
  /** Wei a unit: the offer's ask. */
  readonly rate: bigint;
  /** Wei for all steps of this attempt. */
  readonly price: bigint;
  /** Wei taken from the developer's balance. */
  readonly escrow: bigint;
  /** Wei for the dataset's owner; 0 where an earlier attempt paid it. */
  readonly datasetFee: bigint;
  readonly score: number;
  readonly security: number;
  readonly performance: number;
  readonly cost: number;
  readonly reputationBps: number;
}

export interface Refusal {
  readonly orderId: string;
  /** At least one, sorted, each once. */
  readonly reasons: readonly ReasonCode[];
}

export interface Clearing {
  readonly matches: readonly Match[];
  readonly refusals: readonly Refusal[];
}
