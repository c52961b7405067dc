/** Standard deviation of the tabulated discrete Gaussian. */
export const TABLE_SIGMA = 1024;

/** Values beyond 17 standard deviations have probability below 2⁻²⁰⁸ and are left out. */
const TABLE_SIZE = 17 * TABLE_SIGMA;
/** Bits of a threshold: 31 that nearly always decide, and the rest for ties. */
export const HIGH_BITS = 31;
export const LOW_WORDS = 5;
const BITS = BigInt(HIGH_BITS + 32 * LOW_WORDS);
/** Top bits of a draw that index the guide. */
export const GUIDE_BITS = 14;

/** Cumulative probabilities of |x| for the discrete Gaussian of standard deviation 1024. */
export interface GaussianTable {
  /** Top 31 bits of 2¹⁹¹·P(|x| ≤ k), for each k. */
  readonly high: Int32Array;
  /** The thresholds in full. */
  readonly exact: readonly bigint[];
  /** For each value of a draw's top 12 bits, the first k whose threshold may exceed it. */
  readonly guide: Uint16Array;
}

let table: GaussianTable | undefined;

/**
 * The table, made on first use in integer arithmetic alone: thresholds are rounded to 2⁻¹⁹¹, so a draw by it is within
 * 2⁻¹⁷⁶ of the discrete Gaussian in total variation.
 */
export function gaussianTable(): GaussianTable {
  table ??= makeTable();
  return table;
}

function makeTable(): GaussianTable {
  const precision = 256n;
  const one = 1n << precision;
  // ρ(k+1)/ρ(k) = e^(−(2k+1)/2σ²): each ratio is the one before times e^(−1/σ²).
  const square = BigInt(TABLE_SIGMA) * BigInt(TABLE_SIGMA);
  const decay = exponential(one, -1n, square, precision);
  let ratio = exponential(one, -1n, 2n * square, precision);
  let weight = one;
  let sum = one;
  const sums = [sum];
  for (let k = 1; k < TABLE_SIZE; k++) {
    weight = (weight * ratio) >> precision;
    ratio = (ratio * decay) >> precision;
    sum += 2n * weight;
    sums.push(sum);
  }
  const exact = sums.map((value) => (value << BITS) / sum);
  const high = new Int32Array(TABLE_SIZE);
  // The last threshold is 2¹⁹¹ itself; its top bits are capped, and whoever ties with the cap compares in full.
  exact.forEach((value, k) => {
    high[k] = Math.min(2 ** HIGH_BITS - 1, Number(value >> BigInt(32 * LOW_WORDS)));
  });
  const guide = new Uint16Array(1 << GUIDE_BITS);
  for (let g = 0, k = 0; g < guide.length; g++) {
    while (high[k]! < g * 2 ** (HIGH_BITS - GUIDE_BITS)) k++;
    guide[g] = k;
  }
  return { high, exact, guide };
}

/** e^(numerator/denominator) for a small quotient, as a multiple of 2^−precision, by Taylor's series. */
function exponential(one: bigint, numerator: bigint, denominator: bigint, precision: bigint): bigint {
  let term = one;
  let sum = one;
  for (let n = 1n; term !== 0n && n < precision; n++) {
    term = (term * numerator) / (denominator * n);
    sum += term;
  }
  return sum;
}
