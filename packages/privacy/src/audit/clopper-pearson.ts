import { binomialTails } from '../numeric/binomial-tails.ts';

/**
 * The probability of success that `successes` of `trials` leave possible at most, with confidence 1 − `significance`: the
 * greatest p at which so few successes still have probability `significance`; 1 when all succeeded. Rounded up by 1e-12.
 *
 * Source: Clopper and Pearson 1934, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial".
 */
export function clopperPearsonUpper(successes: number, trials: number, significance: number): number {
  if (successes >= trials) return 1;
  let [low, high] = [successes / trials, 1];
  for (let i = 0; i < 60 && high - low > 1e-12; i++) {
    const p = (low + high) / 2;
    // P(X ≤ successes) as the probability of at least the rest of failures.
    if (binomialTails(trials, 1 - p)[trials - successes]! > significance) low = p;
    else high = p;
  }
  return high;
}

/** The probability of success that must be there at least, by the same token. */
export const clopperPearsonLower = (successes: number, trials: number, significance: number): number =>
  1 - clopperPearsonUpper(trials - successes, trials, significance);
