import { logNormalTail } from '../numeric/log-normal-tail.ts';
import type { MixturePair } from './mixture-pair.ts';

/** The outputs worth looking at: all but a probability of at most e^`logTail` under P on each side. */
export interface OutputRange {
  readonly from: number;
  readonly to: number;
  /** ln of the probability left out on each side. */
  readonly logTail: number;
}

/** The range that leaves out at most e^`logTail` on each side; never wider than ±38 standard deviations beyond the means. */
export function outputRange({ mu, up }: MixturePair, logTail: number): OutputRange {
  // P(X > z) < e^(−z²/2)/2 for a standard normal.
  const z = Math.min(38, Math.sqrt(-2 * Math.min(-1, logTail + Math.LN2)));
  return { from: -z, to: z + (up > 0 ? mu : 0), logTail: logNormalTail(z) };
}

/** ln of the share of delta that the outputs outside of a range may carry over all steps. */
export const LOG_LEFT_OUT = Math.log(1e-5);
