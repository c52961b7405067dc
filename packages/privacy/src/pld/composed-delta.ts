import { chernoffDelta } from './chernoff-delta.ts';
import { compose } from './compose.ts';
import { discretised } from './composed-epsilon.ts';
import { planComposition } from './composition-plan.ts';
import type { LossPart } from './loss-source.ts';
import { LOG_LEFT_OUT } from './output-range.ts';

const PASSES = [
  { maxBins: 1 << 13, doubt: 30 },
  { maxBins: 1 << 20, doubt: 5 },
] as const;
/** The grid's part of ln δ. */
const LOG_TOLERANCE = 5e-3;
/** Smaller deltas are all reported as this one. */
const SMALLEST = 1e-250;

/** An upper bound on the delta at `epsilon` of all parts together. */
export function composedDelta(parts: readonly LossPart[], epsilon: number): number {
  if (epsilon >= parts.reduce((sum, { source, steps }) => sum + steps * source.sup, 0)) return 0;
  const steps = parts.reduce((sum, part) => sum + part.steps, 0);
  const sampled = (logTail: number) => parts.map((part) => ({ loss: part.source.coarse(logTail), steps: part.steps }));
  let { logDelta, slope } = chernoffDelta(sampled(Number.NEGATIVE_INFINITY), epsilon);
  // The sample is good to far more than the factor 1e50 between this and what is returned.
  if (logDelta < Math.log(SMALLEST) - 115) return SMALLEST;
  let best = 1;
  for (const pass of PASSES) {
    const logTail = logDelta + LOG_LEFT_OUT - Math.log(steps) - pass.doubt;
    const plan = planComposition(
      sampled(logTail),
      { epsilon, slope, logDelta },
      { ...pass, tolerance: Math.max(Math.min(4e-4, LOG_TOLERANCE / slope), 4e-6 * epsilon) },
    );
    const curve = compose(discretised(parts, plan, logTail), plan);
    best = Math.max(SMALLEST, Math.min(best, curve.deltaAt(epsilon)));
    logDelta = Math.log(best);
    slope = curve.slopeAt(epsilon);
  }
  return best;
}
