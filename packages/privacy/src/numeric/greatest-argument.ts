/**
 * The greatest argument from 0 on, to 1e-8 and rounded down, at which a rising function is at most `target`; 0 when it is
 * above it everywhere, `limit` when it is nowhere. The function has been evaluated at the returned argument, unless that is 0.
 */
export function greatestArgument(rising: (x: number) => number, target: number, limit: number): number {
  if (rising(0) > target) return 0;
  let [low, high] = [0, 1];
  while (rising(high) <= target) {
    if (high >= limit) return limit;
    [low, high] = [high, Math.min(limit, 2 * high)];
  }
  for (let i = 0; i < 100 && high - low > 1e-8 * Math.max(1, high); i++) {
    const middle = (low + high) / 2;
    if (rising(middle) > target) high = middle;
    else low = middle;
  }
  return low;
}
