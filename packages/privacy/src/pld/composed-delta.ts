import { chernoffDelta } from './chernoff-delta.ts';
import { coarseLoss } from './coarse-loss.ts';
import { compose } from './compose.ts';
import { planComposition } from './composition-plan.ts';
import { supLoss } from './mixture-loss.ts';
import type { MixturePair } from './mixture-pair.ts';
import { LOG_LEFT_OUT, outputRange } from './output-range.ts';
import { pessimisticLoss } from './pessimistic-loss.ts';

const PASSES = [
  { maxBins: 1 << 13, doubt: 30 },
  { maxBins: 1 << 20, doubt: 5 },
] as const;
/** The grid's part of ln δ. */
const LOG_TOLERANCE = 5e-3;
/** Smaller deltas are all reported as this one. */
const SMALLEST = 1e-250;

/** An upper bound on the delta at `epsilon` of `steps` steps of the pair. */
export function composedDelta(pair: MixturePair, steps: number, epsilon: number): number {
  if (epsilon >= steps * supLoss(pair)) return 0;
  const widest = coarseLoss(pair, outputRange(pair, Number.NEGATIVE_INFINITY));
  let { logDelta, slope } = chernoffDelta(widest, steps, epsilon);
  // The sample is good to far more than the factor 1e50 between this and what is returned.
  if (logDelta < Math.log(SMALLEST) - 115) return SMALLEST;
  let best = 1;
  for (const pass of PASSES) {
    const range = outputRange(pair, logDelta + LOG_LEFT_OUT - Math.log(steps) - pass.doubt);
    const plan = planComposition(
      coarseLoss(pair, range),
      steps,
      { epsilon, slope, logDelta },
      { ...pass, tolerance: Math.max(Math.min(4e-4, LOG_TOLERANCE / slope), 4e-6 * epsilon) },
    );
    const curve = compose(pessimisticLoss(pair, range, plan), steps, plan);
    best = Math.max(SMALLEST, Math.min(best, curve.deltaAt(epsilon)));
    logDelta = Math.log(best);
    slope = curve.slopeAt(epsilon);
  }
  return best;
}
