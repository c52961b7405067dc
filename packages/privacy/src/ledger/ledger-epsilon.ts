import { LANE_MAX, LEDGER_A, LEDGER_B } from './ledger-orders.ts';
import type { PackedCharge } from './packed-charge.ts';
import { unpackLanes } from './unpack-lanes.ts';

/**
 * The least epsilon, in exact millionths, whose caps at delta = 10^−k admit the charge: min over orders of
 * (charge + k·B − A)/10⁶, never below 0. Infinity when every lane is at its limit, 0 when some lane is 0 (a divergence
 * of 0 at any order means that nothing was released).
 */
export function ledgerEpsilon(charge: PackedCharge, deltaExponent: number): number {
  const lanes = unpackLanes(charge);
  if (lanes.some((lane) => lane === 0)) return 0;
  const micro = lanes.map((lane, i) =>
    lane === LANE_MAX ? Number.POSITIVE_INFINITY : Math.max(0, lane + deltaExponent * LEDGER_B[i]! - LEDGER_A[i]!),
  );
  return Math.min(...micro) / 1e6;
}
