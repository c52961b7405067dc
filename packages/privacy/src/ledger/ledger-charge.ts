import type { SampledGaussian } from '../mechanism.ts';
import { rdpOf } from '../rdp/rdp-of.ts';
import { LANE_MAX, LEDGER_ORDERS_X10 } from './ledger-orders.ts';
import { packLanes } from './pack-lanes.ts';
import type { PackedCharge } from './packed-charge.ts';

/**
 * What a run costs a dataset's ledger: its Rényi divergence at each of the ledger's orders in micro-RDP, rounded up.
 * A divergence too large for its lane reads 2³² − 1, "this much or more", which no ledger admits at that order.
 *
 * @throws `privacy.badParameter`
 */
export function ledgerCharge(mechanism: SampledGaussian): PackedCharge {
  return packLanes(
    LEDGER_ORDERS_X10.map((x10) => Math.min(LANE_MAX, Math.ceil(1e6 * rdpOf({ ...mechanism, order: x10 / 10 })))),
  );
}
