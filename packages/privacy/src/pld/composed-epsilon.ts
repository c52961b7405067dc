import { chernoffPoint } from './chernoff-point.ts';
import { coarseLoss } from './coarse-loss.ts';
import { compose } from './compose.ts';
import { planComposition, type TailPoint } from './composition-plan.ts';
import type { MixturePair } from './mixture-pair.ts';
import { LOG_LEFT_OUT, outputRange } from './output-range.ts';
import { pessimisticLoss } from './pessimistic-loss.ts';

/**
 * First a rough grid in a generous window finds where the answer lies and how steep the curve is there; then the fine
 * grid. `doubt` widens the window by so many powers of e in probability.
 */
const PASSES = [
  { maxBins: 1 << 13, doubt: 30 },
  { maxBins: 1 << 22, doubt: 5 },
] as const;

/** The grid's part of epsilon: at most 4e-4, and for small epsilon at most 0.2 % of it; relative again above 100. */
export const tolerance = (epsilon: number): number => Math.max(Math.min(4e-4, 2e-3 * epsilon), 4e-6 * epsilon, 1e-7);

/** An upper bound on the epsilon at `delta` of `steps` steps of the pair, 0 or more, and the curve's slope there. */
export function composedEpsilon(pair: MixturePair, steps: number, delta: number): TailPoint {
  const logDelta = Math.log(delta);
  const range = outputRange(pair, logDelta + LOG_LEFT_OUT - Math.log(steps));
  const coarse = coarseLoss(pair, range);
  let point = chernoffPoint(coarse, steps, logDelta);
  let best = { epsilon: Number.POSITIVE_INFINITY, slope: point.slope };
  for (const pass of PASSES) {
    if (point.epsilon <= 0) return { ...point, epsilon: 0 };
    const plan = planComposition(
      coarse,
      steps,
      { ...point, logDelta },
      { ...pass, tolerance: tolerance(point.epsilon) },
    );
    const found = compose(pessimisticLoss(pair, range, plan), steps, plan).pointAt(delta);
    if (found.epsilon < best.epsilon) best = found;
    if (Number.isFinite(found.epsilon)) point = found;
  }
  return best;
}
