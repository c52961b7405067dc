import { logErfcx } from '../numeric/log-erfcx.ts';
import { logNormalTail } from '../numeric/log-normal-tail.ts';

/**
 * δ at `epsilon` ≥ 0 of Gaussian noise of standard deviation 1 on a value that neighbours move by `shift`, rounded up:
 * Φ(shift/2 − ε/shift) − e^ε·Φ(−shift/2 − ε/shift).
 *
 * Source: Balle and Wang 2018, "Improving the Gaussian Mechanism", Theorem 8.
 */
export function analyticGaussianDelta(shift: number, epsilon: number): number {
  const a = epsilon / shift - shift / 2;
  // e^ε·φ(a + shift) = φ(a), so both terms share φ(a) and neither over- nor underflows before δ does.
  const second = Math.exp(logErfcx((a + shift) * Math.SQRT1_2) - Math.LN2 - (a * a) / 2);
  const delta = Math.exp(logNormalTail(a)) - second;
  return Math.min(1, delta * (1 + 1e-12 * (1 + 1 / shift) * (1 + Math.abs(a))));
}
