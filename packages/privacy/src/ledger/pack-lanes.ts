import { privacyError } from '../errors.ts';
import { LANE_MAX, LEDGER_LANES } from './ledger-orders.ts';
import type { PackedCharge } from './packed-charge.ts';

/**
 * The two words that hold the sixteen lanes.
 *
 * @throws `privacy.badParameter` unless there are sixteen integers from 0 to 2³² − 1
 */
export function packLanes(lanes: readonly number[]): PackedCharge {
  if (
    lanes.length !== LEDGER_LANES ||
    lanes.some((lane) => !Number.isSafeInteger(lane) || lane < 0 || lane > LANE_MAX)
  ) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: 'A ledger charge is sixteen integers from 0 to 4294967295.',
      data: { lanes: lanes.length },
    });
  }
  const word = (from: number) =>
    lanes.slice(from, from + 8).reduce((sum, lane, i) => sum | (BigInt(lane) << BigInt(32 * i)), 0n);
  return { rdpLow: word(0), rdpHigh: word(8) };
}
