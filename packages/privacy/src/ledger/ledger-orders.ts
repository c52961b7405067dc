/** The Rényi orders of the ledger times ten: 1.5 to 128. The contract holds the same list. */
export const LEDGER_ORDERS_X10 = [15, 20, 25, 30, 40, 50, 60, 70, 80, 100, 120, 160, 200, 320, 640, 1280] as const;

/** Number of orders, and of 32-bit lanes in a packed charge. */
export const LEDGER_LANES = 16;

/** The largest value of a lane; as a charge it reads "this much or more". */
export const LANE_MAX = 2 ** 32 - 1;

/** The largest epsilon a ledger may promise, in micro-epsilon: above it `cap + 1` would not fit a lane. */
export const EPSILON_MICRO_MAX = 4_000_000_000;

/**
 * floor(10⁶·(ln(α/(α−1)) + ln α/(α−1))) per order: what the conversion of Canonne, Kamath and Steinke 2020 (Prop. 12)
 * grants over epsilon. Rounded down, so that the cap is never too large.
 */
export const LEDGER_A = [
  1909542, 1386294, 1121686, 954771, 749780, 625503, 540673, 478469, 430594, 361203, 312911, 249377, 208963, 143546,
  81762, 46048,
] as const;

/** ceil(10⁶·ln 10/(α−1)) per order: what a tenth in delta costs. Rounded up, so that the cap is never too large. */
export const LEDGER_B = [
  4605171, 2302586, 1535057, 1151293, 767529, 575647, 460518, 383765, 328941, 255843, 209326, 153506, 121189, 74277,
  36549, 18131,
] as const;
