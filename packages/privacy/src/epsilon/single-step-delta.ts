import { logErfcx } from '../numeric/log-erfcx.ts';
import { logNormalTail } from '../numeric/log-normal-tail.ts';
import { mixtureOutput, supLoss } from '../pld/mixture-loss.ts';
import type { MixturePair } from '../pld/mixture-pair.ts';

/**
 * δ at `epsilon` ≥ 0 of one step of the pair, in closed form and rounded up: P(X > x) − e^ε·Q(X > x) where x is the output
 * whose loss is ε, written as a sum of positive parts so that a small δ keeps its digits.
 */
export function singleStepDelta(pair: MixturePair, epsilon: number): number {
  if (epsilon >= supLoss(pair)) return 0;
  const { mu, up, down } = pair;
  const x = mixtureOutput(pair, epsilon);
  // The density of the component at −μ over that at 0.
  const ratio = Math.exp(-mu * x - (mu * mu) / 2);
  const parts =
    up * (1 - down) * excess(x, mu, 0) + ratio * (down * (1 - up) * excess(x, 0, -mu) + up * down * excess(x, mu, -mu));
  return (parts / (1 - down + down * ratio)) * (1 + 1e-12 * (1 + 1 / mu) * (1 + Math.abs(x)));
}

/** For unit normals B and A with means b > a: B(X > x) − A(X > x)·φ(x−b)/φ(x−a), positive. */
function excess(x: number, b: number, a: number): number {
  const logDensity = -((x - b) ** 2) / 2;
  const other = logDensity + logErfcx((x - a) * Math.SQRT1_2) - Math.LN2;
  if (x < b) return Math.exp(logNormalTail(x - b)) - Math.exp(other);
  return Math.exp(logDensity + logErfcx((x - b) * Math.SQRT1_2) - Math.LN2) - Math.exp(other);
}
