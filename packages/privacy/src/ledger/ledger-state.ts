/** What a dataset has spent for good and what running jobs hold, both packed per order in micro-RDP. */
export interface LedgerState {
  readonly spentLow: bigint;
  readonly spentHigh: bigint;
  readonly reservedLow: bigint;
  readonly reservedHigh: bigint;
}

/** A ledger that nobody has charged. */
export const EMPTY_LEDGER: LedgerState = { spentLow: 0n, spentHigh: 0n, reservedLow: 0n, reservedHigh: 0n };
