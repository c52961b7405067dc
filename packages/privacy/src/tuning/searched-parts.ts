import type { SampledGaussian } from '../mechanism.ts';

/** One mechanism that a run of a search may be to one unit. */
export type SearchedPart = { readonly mechanism: 'sampled-gaussian' } & Omit<SampledGaussian, 'adjacency'>;

/**
 * All that one run of a search may do to one unit, each once: train on it by one of the mechanisms, or, with `scoreNoise`, count
 * it in a score. In the form of candidates that each are a whole run, since no unit meets two of them in one run.
 */
export function searchedParts(
  mechanisms: readonly SampledGaussian[],
  scoreNoise: number | undefined,
): [SearchedPart][] {
  const score = scoreNoise === undefined ? [] : [{ sigma: scoreNoise, q: 1, steps: 1 }];
  const different = new Map(
    [...mechanisms, ...score].map(({ sigma, q, steps }) => [`${sigma} ${q} ${steps}`, { sigma, q, steps }]),
  );
  return [...different.values()].map((part) => [{ mechanism: 'sampled-gaussian', ...part }]);
}
