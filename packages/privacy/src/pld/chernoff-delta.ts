import { minimiseOnLogScale } from '../numeric/minimise.ts';
import { logTailConstant, MAX_TILT, MIN_TILT } from './chernoff-point.ts';
import { totalLogMoment, type CoarsePart } from './coarse-loss.ts';

/** Where Chernoff's bound puts ln δ at epsilon, at most 0, and the slope −d ln δ/dε there: a first guess. */
export function chernoffDelta(parts: readonly CoarsePart[], epsilon: number): { logDelta: number; slope: number } {
  const at = (tilt: number) => totalLogMoment(parts, tilt) + logTailConstant(tilt) - tilt * epsilon;
  const slope = minimiseOnLogScale(at, MIN_TILT, MAX_TILT);
  return { logDelta: Math.min(0, at(slope)), slope };
}
