/** One point of a Rényi curve. */
export interface RdpPoint {
  readonly order: number;
  readonly rdp: number;
}

/**
 * The least epsilon at `delta` that the points of a Rényi curve prove, 0 or more:
 * min over α of rdp + ln((α−1)/α) − (ln δ + ln α)/(α−1).
 *
 * Source: Canonne, Kamath, Steinke 2020, "The Discrete Gaussian for Differential Privacy", Prop. 12.
 */
export function epsilonFromRdp(curve: Iterable<RdpPoint>, delta: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (const { order, rdp } of curve) {
    best = Math.min(best, rdp + Math.log1p(-1 / order) - (Math.log(delta) + Math.log(order)) / (order - 1));
  }
  return Math.max(0, best);
}
