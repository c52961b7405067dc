import { effectiveCharge } from './effective-charge.ts';
import { ledgerCaps, type LedgerBudget } from './ledger-caps.ts';
import { lanesOfState, stateOfLanes } from './ledger-lanes.ts';
import type { LedgerState } from './ledger-state.ts';
import type { PackedCharge } from './packed-charge.ts';

/**
 * The state after a reservation that bought nothing is given back. Only for a job that never saw the data.
 * Twin of the contract's `release`.
 *
 * @throws `privacy.badLedgerOperation` when more is released than is reserved
 */
export function ledgerRelease(state: LedgerState, budget: LedgerBudget, reservation: PackedCharge): LedgerState {
  const held = effectiveCharge(reservation, ledgerCaps(budget));
  const { spent, reserved } = lanesOfState(state);
  return stateOfLanes({ spent, reserved: reserved.map((lane, i) => lane - held[i]!) });
}
