import { GAUSS_4, GAUSS_8 } from './gauss-legendre.ts';
import { logMixture } from './mixture-loss.ts';
import type { MixturePair } from './mixture-pair.ts';

const LOG_SQRT_2PI = 0.9189385332046727;
const WIDE = 2.5;
const NARROW = 0.1;

/** Probabilities of the outputs from `left` to `right` under P and Q, by Gauss–Legendre quadrature. */
export function cellMasses({ mu, up, down }: MixturePair, left: number, right: number): { p: number; q: number } {
  let p = 0;
  let q = 0;
  for (let from = left; from < right;) {
    const scale = Math.abs(from) + mu + 1;
    const to = Math.min(right, from + WIDE / scale);
    const { nodes, weights } = (to - from) * scale <= NARROW ? GAUSS_4 : GAUSS_8;
    const radius = (to - from) / 2;
    for (let n = 0; n < nodes.length; n++) {
      const x = from + radius * (1 + nodes[n]!);
      const weight = radius * weights[n]!;
      const logNormal = -(x * x) / 2 - LOG_SQRT_2PI;
      p += weight * Math.exp(logNormal + logMixture(up, mu * x - (mu * mu) / 2));
      q += weight * Math.exp(logNormal + logMixture(down, -mu * x - (mu * mu) / 2));
    }
    from = to;
  }
  return { p, q };
}
