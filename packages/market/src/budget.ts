const LANES = 16;
const LANE_LIMIT = 2 ** 32;
const LANE_BITS = 32n;
const LANE_MASK = 0xffff_ffffn;

/** The 16 lanes of a packed ledger charge, in micro-RDP: lane i at bits 32·(i mod 8) of the low (i < 8) or high word. */
export function unpackLanes(low: bigint, high: bigint): number[] {
  return Array.from({ length: LANES }, (_, i) =>
    Number(((i < 8 ? low : high) >> (LANE_BITS * BigInt(i % 8))) & LANE_MASK),
  );
}

/**
 * What a dataset's ledger holds after a reservation, or nothing when the contract would refuse: no Rényi order keeps spent
 * + reserved + charge within its cap, or a lane would leave its 32 bits. A charge counts at most cap + 1 in a lane.
 */
export function reserveBudget(
  caps: readonly number[],
  held: readonly number[],
  charge: readonly number[],
): number[] | undefined {
  const next = held.map((lane, i) => lane + Math.min(charge[i]!, caps[i]! + 1));
  return next.every((lane) => lane < LANE_LIMIT) && next.some((lane, i) => lane <= caps[i]!) ? next : undefined;
}

/** True for 16 lanes of a ledger. */
export const areLanes = (lanes: readonly number[] | undefined): lanes is readonly number[] =>
  lanes?.length === LANES && lanes.every((lane) => Number.isInteger(lane) && lane >= 0 && lane < LANE_LIMIT);
