import { logAdd } from '../numeric/log-add.ts';
import { logErfcx } from '../numeric/log-erfcx.ts';
import { logNormalTail } from '../numeric/log-normal-tail.ts';

/** Error that the sums below may carry, relative or of ln A, with room to spare; added so that the result is never too small. */
const ROUNDING = 1e-14;
/** Where the alternating tail of the fractional series is cut; the cut is on the upper side. */
const SERIES_CUT = 1e-12;

/**
 * Rényi divergence of order α of one step of the Poisson-subsampled Gaussian under add-or-remove-one, rounded up.
 *
 * It is ln A/(α−1) with A = E[(1−q+q·e^((2z−1)/2σ²))^α] over z ~ N(0, σ²); the direction "remove" is the larger one
 * (Mironov, Talwar, Zhang 2019, "Rényi Differential Privacy of the Sampled Gaussian Mechanism", Theorems 4 and 5, section 3.3).
 */
export function sampledGaussianRdp(sigma: number, q: number, order: number): number {
  // Sampling never costs more than q = 1 does.
  const unsampled = order / (2 * sigma * sigma);
  if (q === 1) return unsampled;
  // The divergence grows with the order, and at integer orders it is known to full relative accuracy.
  const above = integerOrder(sigma, q, Math.ceil(order)) / (Math.ceil(order) - 1);
  const exact = Number.isInteger(order) ? above : Math.min(above, fractionalOrder(sigma, q, order) / (order - 1));
  return Math.min(exact, unsampled) * (1 + ROUNDING);
}

/**
 * ln A = ln(1 + Σ_{k≥2} C(α,k)·(1−q)^(α−k)·q^k·(e^((k²−k)/2σ²) − 1)): the binomial sum with the 1 split off, so that every
 * term is positive and a tiny divergence keeps its relative accuracy.
 */
function integerOrder(sigma: number, q: number, order: number): number {
  let logSum = Number.NEGATIVE_INFINITY;
  let logBinomial = Math.log(order);
  for (let k = 2; k <= order; k++) {
    logBinomial += Math.log((order - k + 1) / k);
    const exponent = (k * (k - 1)) / (2 * sigma * sigma);
    const logGrowth = exponent > 36 ? exponent : Math.log(Math.expm1(exponent));
    logSum = logAdd(logSum, logBinomial + (order - k) * Math.log1p(-q) + k * Math.log(q) + logGrowth);
  }
  return logSum > 36 ? logSum + Math.exp(-logSum) : Math.log1p(Math.exp(logSum));
}

/**
 * ln A by the two series that come from splitting the integral at z₀ = σ²·ln(1/q − 1) + 1/2, where the two parts of the
 * mixture weigh the same. C(α, i) changes sign from i > α on; there the terms fall in size and alternate, so a sum cut after
 * a positive term bounds the series from above.
 */
function fractionalOrder(sigma: number, q: number, order: number): number {
  const scale = Math.SQRT1_2 / sigma;
  const logOdds = Math.log(q) - Math.log1p(-q);
  const z0 = 0.5 - sigma * sigma * logOdds;
  // Both series, where the erfc argument is positive, have terms C(α,i)·K·erfcx(argument)/2 with this one K.
  const logK = order * Math.log1p(-q) - (z0 * z0) / (2 * sigma * sigma);
  const logTerm = (exponent: number, argument: number) =>
    argument > 0
      ? logK + logErfcx(argument) - Math.LN2
      : order * Math.log1p(-q) +
        exponent * (logOdds + (exponent - 1) / (2 * sigma * sigma)) +
        logNormalTail(argument * Math.SQRT2);
  let positive = Number.NEGATIVE_INFINITY;
  let negative = Number.NEGATIVE_INFINITY;
  let logBinomial = 0;
  let sign = 1;
  for (let i = 0; ; i++) {
    const term = logBinomial + logAdd(logTerm(i, (i - z0) * scale), logTerm(order - i, (z0 - order + i) * scale));
    if (sign > 0) positive = logAdd(positive, term);
    else negative = logAdd(negative, term);
    if (i > order && sign > 0 && term < positive + Math.log(SERIES_CUT)) break;
    const factor = (order - i) / (i + 1);
    if (factor < 0) sign = -sign;
    logBinomial += Math.log(Math.abs(factor));
  }
  // A is at least 1 and its two sums are of that size, so their rounding is an absolute error of ln A.
  return Math.max(0, positive + Math.log1p(-Math.exp(negative - positive))) + ROUNDING;
}
