import { coarseLoss } from './coarse-loss.ts';
import { tolerance } from './composed-epsilon.ts';
import { compose } from './compose.ts';
import { planComposition, type TailPoint } from './composition-plan.ts';
import type { MixturePair } from './mixture-pair.ts';
import { optimisticLoss } from './optimistic-loss.ts';
import { LOG_LEFT_OUT, outputRange } from './output-range.ts';

/** A lower bound on the epsilon at `delta` of `steps` steps of the pair, given the upper bound: how far off that may be. */
export function composedEpsilonBelow(pair: MixturePair, steps: number, delta: number, above: TailPoint): number {
  if (above.epsilon <= 0) return 0;
  const logDelta = Math.log(delta);
  const range = outputRange(pair, logDelta + LOG_LEFT_OUT - Math.log(steps));
  const plan = planComposition(
    [{ loss: coarseLoss(pair, range), steps }],
    { ...above, logDelta },
    {
      maxBins: 1 << 22,
      doubt: 5,
      tolerance: tolerance(above.epsilon),
      // A cell that must reach loss 0 from below takes everything; there must be grid points before it.
      coarsest: pair.down === 0 ? -Math.log1p(-pair.up) / 8 : Number.POSITIVE_INFINITY,
    },
  );
  const loss = optimisticLoss(pair, range, { interval: plan.interval, lossFloor: plan.lossFloors[0]! });
  const { epsilon } = compose([{ loss, steps }], plan, 'lower').pointAt(delta);
  return Math.max(0, epsilon);
}
