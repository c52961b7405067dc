import { minimiseOnLogScale } from '../numeric/minimise.ts';
import { totalLogMoment, type CoarsePart } from './coarse-loss.ts';
import type { TailPoint } from './composition-plan.ts';

export const MIN_TILT = 1e-3;
export const MAX_TILT = 1e7;

/**
 * Where Chernoff's bound with the constant of Canonne, Kamath, Steinke 2020, Prop. 12, puts epsilon at ln δ: a first guess
 * that is above the answer, by far when single steps have heavy tails.
 */
export function chernoffPoint(parts: readonly CoarsePart[], logDelta: number): TailPoint {
  const at = (tilt: number) => (totalLogMoment(parts, tilt) + logTailConstant(tilt) - logDelta) / tilt;
  const tilt = minimiseOnLogScale(at, MIN_TILT, MAX_TILT);
  return { epsilon: at(tilt), slope: tilt };
}

/** ln of the largest (1−e^(ε−L))₊/e^(tilt·(L−ε)). */
export const logTailConstant = (tilt: number): number => (tilt + 1) * Math.log1p(-1 / (tilt + 1)) - Math.log(tilt);
