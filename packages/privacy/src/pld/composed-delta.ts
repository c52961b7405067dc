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
  { maxBins: 1 << 22, doubt: 5 },
] as const;
/** The grid's part of ln δ. */
const LOG_TOLERANCE = 5e-3;

/** An upper bound on the delta at `epsilon` of `steps` steps of the pair. */
export function composedDelta(pair: MixturePair, steps: number, epsilon: number): number {
  if (epsilon >= steps * supLoss(pair)) return 0;
  const widest = coarseLoss(pair, outputRange(pair, Number.NEGATIVE_INFINITY));
  let { logDelta, slope } = chernoffDelta(widest, steps, epsilon);
  let best = 1;
  for (const pass of PASSES) {
    const range = outputRange(pair, logDelta + LOG_LEFT_OUT - Math.log(steps) - pass.doubt);
    const plan = planComposition(
      coarseLoss(pair, range),
      steps,
      { epsilon, slope, logDelta },
      { tolerance: Math.min(4e-4, LOG_TOLERANCE / slope), ...pass },
    );
    const curve = compose(pessimisticLoss(pair, range, plan), steps, plan);
    best = Math.min(best, curve.deltaAt(epsilon));
    logDelta = Math.log(best);
    slope = curve.slopeAt(epsilon);
  }
  return best;
}
