import type { RdpPoint } from './epsilon-from-rdp.ts';

/**
 * The least delta at `epsilon` that the points of a Rényi curve prove, at most 1:
 * min over α of e^((α−1)(rdp−ε))·(1−1/α)^α/(α−1).
 *
 * Source: Canonne, Kamath, Steinke 2020, Prop. 12.
 */
export function deltaFromRdp(curve: Iterable<RdpPoint>, epsilon: number): number {
  let best = 0;
  for (const { order, rdp } of curve) {
    best = Math.min(best, (order - 1) * (rdp - epsilon) + order * Math.log1p(-1 / order) - Math.log(order - 1));
  }
  return Math.exp(best);
}
