import { privacyError } from '../errors.ts';
import { LANE_MAX } from './ledger-orders.ts';
import type { LedgerState } from './ledger-state.ts';
import { packLanes } from './pack-lanes.ts';
import { unpackLanes } from './unpack-lanes.ts';

/** A ledger's state as lanes. */
export interface LedgerLanes {
  spent: number[];
  reserved: number[];
}

export const lanesOfState = (state: LedgerState): LedgerLanes => ({
  spent: unpackLanes({ rdpLow: state.spentLow, rdpHigh: state.spentHigh }),
  reserved: unpackLanes({ rdpLow: state.reservedLow, rdpHigh: state.reservedHigh }),
});

/**
 * The packed state of the lanes.
 *
 * @throws `privacy.badLedgerOperation` when a lane is negative or does not fit 32 bits
 */
export function stateOfLanes({ spent, reserved }: LedgerLanes): LedgerState {
  if ([...spent, ...reserved].some((lane) => lane < 0 || lane > LANE_MAX)) {
    throw privacyError({
      code: 'privacy.badLedgerOperation',
      message: 'The operation takes a lane of the ledger below zero or above 32 bits.',
    });
  }
  const a = packLanes(spent);
  const b = packLanes(reserved);
  return { spentLow: a.rdpLow, spentHigh: a.rdpHigh, reservedLow: b.rdpLow, reservedHigh: b.rdpHigh };
}
