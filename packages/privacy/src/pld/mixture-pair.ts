import type { SampledGaussian } from '../mechanism.ts';

/**
 * A pair of output distributions of one step, in units of the noise's standard deviation:
 * P = (1−up)·N(0,1) + up·N(μ,1) and Q = (1−down)·N(0,1) + down·N(−μ,1).
 *
 * ln P/Q grows with the output. `up = q, down = 0` is the removal of a unit; `up = 0, down = q` its addition, mirrored;
 * `up = down = q` the exchange of one unit for another.
 */
export interface MixturePair {
  readonly mu: number;
  readonly up: number;
  readonly down: number;
}

/**
 * The pairs that together dominate one step of the mechanism: a run is (ε, δ)-DP when each of them, composed with itself, is.
 *
 * Add or remove: Zhu, Dong, Wang 2022 (arXiv 2106.08567), Theorem 11. Replace: proof in this package's proofs.md.
 */
export function dominatingPairs({
  sigma,
  q,
  adjacency,
}: Pick<SampledGaussian, 'sigma' | 'q' | 'adjacency'>): MixturePair[] {
  const mu = 1 / sigma;
  return adjacency === 'replace-one'
    ? [{ mu, up: q, down: q }]
    : [
        { mu, up: q, down: 0 },
        { mu, up: 0, down: q },
      ];
}
