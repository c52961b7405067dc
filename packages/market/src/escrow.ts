const MICRO = 1_000_000n;

/**
 * Wei that the steps from `fromStep` on can cost at most, rounded up: ceil(units · maxRate · (steps − fromStep) /
 * (10^6 · steps)). Twin of `PriceMath.escrowUp`.
 */
export function escrowUp(units: bigint, maxRate: bigint, fromStep: bigint, steps: bigint): bigint {
  const denominator = MICRO * steps;
  return (units * maxRate * (steps - fromStep) + denominator - 1n) / denominator;
}
