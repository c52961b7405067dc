import { chernoffPoint } from './chernoff-point.ts';
import { compose, type LossSteps } from './compose.ts';
import { planComposition, type CompositionPlan, type TailPoint } from './composition-plan.ts';
import type { LossPart } from './loss-source.ts';
import { LOG_LEFT_OUT } from './output-range.ts';

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

/** An upper bound on the epsilon at `delta` of all parts together, 0 or more, and the curve's slope there. */
export function composedEpsilon(parts: readonly LossPart[], delta: number): TailPoint {
  const logDelta = Math.log(delta);
  const logTail = logDelta + LOG_LEFT_OUT - Math.log(parts.reduce((sum, { steps }) => sum + steps, 0));
  const coarse = parts.map(({ source, steps }) => ({ loss: source.coarse(logTail), steps }));
  let point = chernoffPoint(coarse, logDelta);
  let best = { epsilon: Number.POSITIVE_INFINITY, slope: point.slope };
  for (const pass of PASSES) {
    if (point.epsilon <= 0) return { ...point, epsilon: 0 };
    const plan = planComposition(coarse, { ...point, logDelta }, { ...pass, tolerance: tolerance(point.epsilon) });
    const found = compose(discretised(parts, plan, logTail), plan).pointAt(delta);
    if (found.epsilon < best.epsilon) best = found;
    if (Number.isFinite(found.epsilon)) point = found;
  }
  return best;
}

/** The parts on the grid of the plan. */
export const discretised = (
  parts: readonly LossPart[],
  { interval, lossFloors }: CompositionPlan,
  logTail: number,
): LossSteps[] =>
  parts.map(({ source, steps }, part) => ({
    loss: source.discretise({ interval, lossFloor: lossFloors[part]! }, logTail),
    steps,
  }));
