import { privacyError } from '../errors.ts';
import { effectiveCharge } from './effective-charge.ts';
import { ledgerCaps, type LedgerBudget } from './ledger-caps.ts';
import { lanesOfState, stateOfLanes } from './ledger-lanes.ts';
import type { LedgerState } from './ledger-state.ts';
import type { PackedCharge } from './packed-charge.ts';

/**
 * The state after a job has reserved its charge. The charge is admitted when at least one order has
 * spent + reserved + charge ≤ cap; every order is charged, those over their cap only up to one over it.
 *
 * Twin of the contract's `reserve`. Source: the Rényi filter of Feldman and Zrnic 2021 (arXiv 2008.11193), at each order.
 *
 * @throws `privacy.budgetExhausted` when no order has room; `privacy.badLedgerOperation` when a lane overflows
 */
export function ledgerReserve(state: LedgerState, budget: LedgerBudget, charge: PackedCharge): LedgerState {
  const caps = ledgerCaps(budget);
  const { spent, reserved } = lanesOfState(state);
  const lanes = effectiveCharge(charge, caps);
  if (!lanes.some((lane, i) => spent[i]! + reserved[i]! + lane <= caps[i]!)) {
    throw privacyError({
      code: 'privacy.budgetExhausted',
      message: 'The dataset has too little privacy budget left for this charge at every order.',
      hint: 'Ask for a smaller epsilon or fewer steps, or for a dataset with budget left.',
    });
  }
  return stateOfLanes({ spent, reserved: reserved.map((lane, i) => lane + lanes[i]!) });
}
