import { logNormalTail } from './log-normal-tail.ts';

/** The x at which a standard normal is below x with probability `p`, 0 < p < 1; about 1e-14 relative, far into both tails. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  // Newton on ln P(X > x), which is concave and at most −x²/2: from the right of its root it comes down to it.
  const target = Math.log(p);
  let x = Math.sqrt(-2 * target);
  for (let i = 0; i < 100; i++) {
    const tail = logNormalTail(x);
    const slope = -Math.exp(-(x * x) / 2 - tail) / Math.sqrt(2 * Math.PI);
    const next = x + (target - tail) / slope;
    if (Math.abs(next - x) <= 1e-15 * Math.max(1, Math.abs(next))) return -next;
    x = next;
  }
  return -x;
}
