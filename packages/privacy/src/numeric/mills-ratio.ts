import { logErfcx } from './log-erfcx.ts';

const LOG_SQRT_HALF_PI = 0.22579135264472744;

/** P(X > x)/φ(x) of a standard normal X. Overflows to Infinity below about −38, as its value does. */
export const millsRatio = (x: number): number => Math.exp(logErfcx(x * Math.SQRT1_2) + LOG_SQRT_HALF_PI);
