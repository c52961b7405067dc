import { checkDelta } from '../check-mechanism.ts';
import { analyticGaussianDelta } from '../epsilon/analytic-gaussian-delta.ts';
import { leastArgument } from '../numeric/least-argument.ts';
import type { Guesses } from './guesses.ts';
import { oneRunGaussianShift } from './one-run-gaussian-shift.ts';

/**
 * The greatest epsilon at `delta` of a Gaussian mechanism that these guesses refute, with confidence 1 − `significance`; 0
 * when they refute none. For a mechanism whose trade-off is that of a Gaussian (every row in every step) it is a lower bound
 * on its epsilon, far nearer to the truth than {@link oneRunEpsilon}; for any other it is an estimate.
 *
 * Source: Mahloujifar, Melis, Chaudhuri 2024, arXiv 2410.22235.
 *
 * @throws `privacy.badParameter`
 */
export function oneRunGaussianEpsilon({
  delta,
  ...outcome
}: Guesses & { readonly delta: number; readonly significance: number }): number {
  checkDelta(delta);
  const shift = oneRunGaussianShift(outcome);
  return shift === 0 ? 0 : leastArgument((epsilon) => analyticGaussianDelta(shift, epsilon), delta);
}
