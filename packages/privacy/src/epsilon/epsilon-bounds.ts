import { checkDelta, checkSampling, checkSigma } from '../check-mechanism.ts';
import type { SampledGaussian } from '../mechanism.ts';
import { composedEpsilon } from '../pld/composed-epsilon.ts';
import { composedEpsilonBelow } from '../pld/composed-epsilon-below.ts';
import { mixtureSource } from '../pld/loss-source.ts';
import { dominatingPairs } from '../pld/mixture-pair.ts';
import { epsilonOf } from './epsilon-of.ts';

/**
 * Two numbers with the run's tight epsilon at `delta` between them: `upper` is what `epsilonOf` reports by `pld`, `lower`
 * comes from an optimistic discretisation of the same losses. Their distance is the accountant's error.
 *
 * @throws `privacy.badParameter`
 */
export function epsilonBounds({ delta, ...mechanism }: SampledGaussian & { readonly delta: number }): {
  lower: number;
  upper: number;
} {
  const { sigma, q, steps } = mechanism;
  checkSigma(sigma);
  checkSampling(mechanism);
  checkDelta(delta);
  if (q === 1 || steps === 1) {
    // Closed forms: rounded up by parts in 1e11.
    const upper = epsilonOf({ ...mechanism, delta, accountant: 'pld' });
    return { lower: upper * (1 - 1e-9), upper };
  }
  const pairs = dominatingPairs(mechanism).map((pair) => {
    const above = composedEpsilon([{ source: mixtureSource(pair), steps }], delta);
    return { lower: composedEpsilonBelow(pair, steps, delta, above), upper: above.epsilon };
  });
  return { lower: Math.max(...pairs.map(({ lower }) => lower)), upper: Math.max(...pairs.map(({ upper }) => upper)) };
}
