import type { Adjacency } from '../adjacency.ts';
import { laplaceSource } from '../pld/laplace-source.ts';
import { mixtureSource, type LossPart } from '../pld/loss-source.ts';
import { dominatingPairs } from '../pld/mixture-pair.ts';
import { randomisedResponseSource } from '../pld/randomised-response-source.ts';
import type { MechanismSteps } from './mechanism-steps.ts';

/**
 * The losses of all parts in each direction of the neighbouring relation: a unit's removal and its addition, or one
 * exchange. Datasets are neighbours in one direction for all parts at once, so directions are never mixed.
 *
 * Gaussians on everybody are joined to one: noise of deviations σᵢ is as good as one of (Σσᵢ⁻²)^(−½).
 */
export function compositionDirections(parts: readonly MechanismSteps[], adjacency: Adjacency): LossPart[][] {
  const onEverybody = parts.filter((part) => part.mechanism === 'gaussian' || isFull(part));
  const precision = onEverybody.reduce((sum, part) => sum + part.steps / (part as { sigma: number }).sigma ** 2, 0);
  const joined: readonly MechanismSteps[] = [
    ...parts.filter((part) => !onEverybody.includes(part)),
    ...(precision > 0 ? [{ mechanism: 'gaussian', sigma: 1 / Math.sqrt(precision), steps: 1 } as const] : []),
  ];
  const count = adjacency === 'replace-one' ? 1 : 2;
  return Array.from({ length: count }, (_, direction) =>
    joined.map((part) => ({ source: sourceOf(part, adjacency, direction), steps: part.steps })),
  );
}

const isFull = (part: MechanismSteps): boolean => part.mechanism === 'sampled-gaussian' && part.q === 1;

function sourceOf(part: MechanismSteps, adjacency: Adjacency, direction: number) {
  switch (part.mechanism) {
    case 'laplace':
      return laplaceSource((adjacency === 'replace-one' ? 2 : 1) / part.scale);
    case 'randomised-response':
      return randomisedResponseSource(part.epsilon, part.categories);
    case 'gaussian':
      return mixtureSource(dominatingPairs({ sigma: part.sigma, q: 1, adjacency })[direction]!);
    case 'sampled-gaussian':
      return mixtureSource(dominatingPairs({ ...part, adjacency })[direction]!);
  }
}
