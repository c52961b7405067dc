import { deltaOf } from '../epsilon/delta-of.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import type { SampledGaussian } from '../mechanism.ts';
import { gaussianTradeOff, tradeOffOfCurve, type TradeOff } from './trade-off.ts';

/** Where the privacy curve is read: epsilons as shares of the one at this delta. */
const FAR_DELTA = 1e-7;
const SHARES = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1];

/**
 * The trade-off that a run of training promises each unit, never above the true one. Exact where every unit takes part in
 * every step; else from eleven points of the curve that the accountant `pld` gives.
 *
 * @throws `privacy.badParameter`
 */
export function runTradeOff(run: SampledGaussian): TradeOff {
  const { sigma, q, steps, adjacency } = run;
  const farthest = epsilonOf({ ...run, delta: FAR_DELTA, accountant: 'pld' });
  if (q === 1) return gaussianTradeOff(((adjacency === 'replace-one' ? 2 : 1) * Math.sqrt(steps)) / sigma);
  return tradeOffOfCurve(
    SHARES.map((share) => {
      const epsilon = share * farthest;
      return { epsilon, delta: deltaOf({ ...run, epsilon, accountant: 'pld' }) };
    }),
  );
}
