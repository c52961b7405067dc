import { logErfcx } from './log-erfcx.ts';

/** ln P(X > x) of a standard normal X, for any real x; accurate relative to the probability far into either tail. */
export function logNormalTail(x: number): number {
  if (x < 0) return Math.log1p(-Math.exp(logNormalTail(-x)));
  return logErfcx(x * Math.SQRT1_2) - (x * x) / 2 - Math.LN2;
}
