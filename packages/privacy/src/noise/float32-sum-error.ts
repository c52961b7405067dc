const UNIT_ROUNDOFF = 2 ** -24;

/** How a clipped sum is added up. Both numbers are public. */
export interface Summation {
  /** Sampling rate times the declared number of units. */
  readonly expectedBatch: number;
  /** Rows that one graph call adds up in float32; the calls' sums are added in float64. */
  readonly microBatch: number;
}

/**
 * How much further apart than C float32 addition can put the clipped sums of two neighbours, relative to C, at worst:
 * 2·B·γ(b), where b rows of norm at most C each are added in any order with error γ(b) = b·u/(1 − b·u) relative to the sum
 * of their magnitudes (Higham 2002, section 4.2), u = 2⁻²⁴, and B = expectedBatch + 10·√expectedBatch + 50 bounds the rows
 * of a step but for a chance below 1e-10.
 *
 * Neighbours differ in one unit, but every later micro-batch is then cut elsewhere, so all of them may round differently.
 * Real sums round thousands of times better: errors of random sign cancel.
 */
export function float32SumError({ expectedBatch, microBatch }: Summation): number {
  const rows = expectedBatch + 10 * Math.sqrt(expectedBatch) + 50;
  const product = microBatch * UNIT_ROUNDOFF;
  return (2 * rows * product) / (1 - product);
}
