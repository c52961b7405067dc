/**
 * P(X ≥ k) of a binomial X of `trials` draws with probability `p`, for each k from 0 to trials + 1; relative error below
 * trials·1e-15. Values below 1e-300 are 0.
 *
 * Weights relative to the mode's by the ratio of neighbours, added from the far end: nothing cancels or overflows.
 */
export function binomialTails(trials: number, p: number): Float64Array {
  const weights = new Float64Array(trials + 1);
  const odds = p / (1 - p);
  const mode = Math.min(trials, Math.floor((trials + 1) * p));
  weights[mode] = 1;
  for (let k = mode; k < trials; k++) weights[k + 1] = weights[k]! * ((trials - k) / (k + 1)) * odds;
  for (let k = mode; k > 0; k--) weights[k - 1] = (weights[k]! * (k / (trials - k + 1))) / odds;
  const tails = new Float64Array(trials + 2);
  for (let k = trials; k >= 0; k--) tails[k] = tails[k + 1]! + weights[k]!;
  const total = tails[0]!;
  return tails.map((tail) => tail / total);
}
