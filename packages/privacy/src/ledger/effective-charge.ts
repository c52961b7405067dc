import type { PackedCharge } from './packed-charge.ts';
import { unpackLanes } from './unpack-lanes.ts';

/**
 * The charge as lanes, each at most one over its cap: beyond that a lane is spent, however far, and counting on would
 * only overflow it.
 */
export const effectiveCharge = (charge: PackedCharge, caps: readonly number[]): number[] =>
  unpackLanes(charge).map((lane, i) => Math.min(lane, caps[i]! + 1));
