import { logAdd } from '../numeric/log-add.ts';

/** More nodes than this are not worth a tighter number: the bound without sampling is returned. */
const MAX_NODES = 2_000_000;
const ROUNDING = 1e-13;

/**
 * Rényi divergence of order α of one step of the Poisson-subsampled Gaussian under replace-one, rounded up: the
 * divergence between P = (1−q)·N(0, σ²) + q·N(1, σ²) and Q = (1−q)·N(0, σ²) + q·N(−1, σ²).
 *
 * That pair dominates every pair of neighbours (proof in this package's proofs.md), so this is right, where the sampled
 * Gaussian of add-or-remove-one with sensitivity C is up to four times too small and with 2C is not proven.
 *
 * ∫ P^α·Q^(1−α) by the trapezoid rule on the line. The integrand f is analytic with |f(y + iη)| ≤ f(y)·e^(η²/2σ²)·cos(η/2σ²)^(1−α),
 * so step h errs by at most 2·that/(e^(2πη/h) − 1) relative (Trefethen and Weideman 2014, Theorem 5.1): below 1e-14 as chosen here.
 */
export function replaceOneRdp(sigma: number, q: number, order: number): number {
  const unsampled = (2 * order) / (sigma * sigma);
  if (q === 1) return unsampled;
  const eta = Math.min(sigma, (sigma * sigma) / Math.sqrt(order));
  const step = (2 * Math.PI * eta) / 36;
  // ln f falls at least like a Gaussian of width σ below −1 and above 2α − 1, so 12σ beyond leave out 1e-32.
  const from = -1 - 12 * sigma;
  const nodes = Math.ceil((2 * order + 24 * sigma) / step);
  if (nodes > MAX_NODES) return unsampled;
  const variance = sigma * sigma;
  const logNot = Math.log1p(-q);
  const logQ = Math.log(q);
  const logF = new Float64Array(nodes + 1);
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= nodes; i++) {
    const y = from + i * step;
    const up = logAdd(logNot, logQ + (2 * y - 1) / (2 * variance));
    const down = logAdd(logNot, logQ - (2 * y + 1) / (2 * variance));
    const value = order * up + (1 - order) * down - (y * y) / (2 * variance);
    logF[i] = value;
    if (value > highest) highest = value;
  }
  let sum = 0;
  for (const value of logF) sum += Math.exp(value - highest);
  const logA = highest + Math.log((sum * step) / (sigma * Math.sqrt(2 * Math.PI)));
  const error = ROUNDING * (1 + Math.abs(highest) + order * Math.abs(logNot));
  return Math.min((Math.max(0, logA) + error) / (order - 1), unsampled);
}
