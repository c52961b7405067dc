import { logNormalTail } from '../numeric/log-normal-tail.ts';
import { normalQuantile } from '../numeric/normal-quantile.ts';

/**
 * The trade-off function of a mechanism: the least rate of missed members (type II) that any test of one record's
 * membership has, whose rate of false alarms (type I) is the argument; convex and falling from 1 at 0 to 0 at 1.
 *
 * Source: Dong, Roth, Su 2019, "Gaussian Differential Privacy", Definition 2.1.
 */
export type TradeOff = (falseAlarms: number) => number;

/** The trade-off of telling N(0, 1) from N(`shift`, 1): Φ(Φ⁻¹(1 − α) − shift). */
export const gaussianTradeOff =
  (shift: number): TradeOff =>
  (falseAlarms) => {
    if (falseAlarms <= 0) return 1;
    if (falseAlarms >= 1) return 0;
    return Math.exp(logNormalTail(shift + normalQuantile(falseAlarms)));
  };

/** One point of a privacy curve: the mechanism is (epsilon, delta)-differentially private. */
export interface CurvePoint {
  readonly epsilon: number;
  readonly delta: number;
}

/**
 * The trade-off that these points together promise: max over them of 1 − δ − e^ε·α and e^(−ε)·(1 − δ − α), not below 0.
 * Points left out make it smaller, a weaker promise.
 *
 * Source: Dong, Roth, Su 2019, Propositions 2.4 and 2.13.
 */
export const tradeOffOfCurve =
  (points: readonly CurvePoint[]): TradeOff =>
  (falseAlarms) =>
    points.reduce(
      (best, { epsilon, delta }) =>
        Math.max(best, 1 - delta - Math.exp(epsilon) * falseAlarms, Math.exp(-epsilon) * (1 - delta - falseAlarms)),
      0,
    );
