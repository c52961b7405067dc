const MICRO = 1_000_000n;

/**
 * Wei for the steps from `fromStep` on, rounded down: floor(units · rate · (steps − fromStep) / (10^6 · steps)). Units are
 * micro-units, the rate is wei a unit. Twin of `PriceMath.priceDown`.
 */
export const priceDown = (units: bigint, rate: bigint, fromStep: bigint, steps: bigint): bigint =>
  (units * rate * (steps - fromStep)) / (MICRO * steps);
