/**
 * The least argument from 0 on, to 1e-12 relative and rounded up, at which a falling function is at most `target`.
 * The function has been evaluated at the returned argument.
 */
export function leastArgument(falling: (x: number) => number, target: number): number {
  if (falling(0) <= target) return 0;
  let high = 1;
  while (falling(high) > target) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (falling(middle) > target) low = middle;
    else high = middle;
  }
  return high;
}
