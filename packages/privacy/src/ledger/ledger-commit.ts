import { privacyError } from '../errors.ts';
import { effectiveCharge } from './effective-charge.ts';
import { ledgerCaps, type LedgerBudget } from './ledger-caps.ts';
import { lanesOfState, stateOfLanes } from './ledger-lanes.ts';
import type { LedgerState } from './ledger-state.ts';
import type { PackedCharge } from './packed-charge.ts';
import { unpackLanes } from './unpack-lanes.ts';

/**
 * The state after a job's reservation has become what it really cost: reserved −= effective(reservation),
 * spent = min(spent + effective(actual), cap + 1). Twin of the contract's `commit`.
 *
 * @throws `privacy.badLedgerOperation` when the actual charge exceeds the reservation in some lane, or the reservation what is reserved
 */
export function ledgerCommit(
  state: LedgerState,
  budget: LedgerBudget,
  { actual, reservation }: { actual: PackedCharge; reservation: PackedCharge },
): LedgerState {
  const caps = ledgerCaps(budget);
  const limits = unpackLanes(reservation);
  if (unpackLanes(actual).some((lane, i) => lane > limits[i]!)) {
    throw privacyError({
      code: 'privacy.badLedgerOperation',
      message: 'A job can not commit more privacy loss than it has reserved.',
    });
  }
  const { spent, reserved } = lanesOfState(state);
  const held = effectiveCharge(reservation, caps);
  const cost = effectiveCharge(actual, caps);
  return stateOfLanes({
    spent: spent.map((lane, i) => Math.min(lane + cost[i]!, caps[i]! + 1)),
    reserved: reserved.map((lane, i) => lane - held[i]!),
  });
}
