import { checkSampling, checkSigma } from '../check-mechanism.ts';
import { deltaOf } from '../epsilon/delta-of.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { privacyError } from '../errors.ts';
import type { SampledGaussian } from '../mechanism.ts';
import { gaussianTradeOff } from './trade-off.ts';

const TRIED = 24;

/**
 * The largest true positive rate that any membership test of any unit has at this false positive rate, whatever it knows
 * and however it works; never below the truth. What an attacker with a false alarm in a thousand can hope for at best.
 *
 * Where every unit takes part in every step, Φ(μ + Φ⁻¹(rate)); else the least e^ε·rate + δ(ε) over 25 epsilons.
 *
 * @throws `privacy.badParameter`
 * @example mostTruePositives({ sigma: 1, q: 1, steps: 1, adjacency: 'add-or-remove-one', falsePositiveRate: 0.001 }) // 0.0183
 */
export function mostTruePositives({
  falsePositiveRate,
  ...run
}: SampledGaussian & { readonly falsePositiveRate: number }): number {
  const { sigma, q, steps, adjacency } = run;
  checkSigma(sigma);
  checkSampling(run);
  if (!(falsePositiveRate > 0 && falsePositiveRate < 1)) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: `falsePositiveRate must be above 0 and below 1, got ${String(falsePositiveRate)}.`,
      data: { parameter: 'falsePositiveRate' },
    });
  }
  if (q === 1) {
    const shift = ((adjacency === 'replace-one' ? 2 : 1) * Math.sqrt(steps)) / sigma;
    return 1 - gaussianTradeOff(shift)(falsePositiveRate);
  }
  const farthest = epsilonOf({ ...run, delta: falsePositiveRate / 10, accountant: 'pld' });
  let least = 1;
  for (let i = 0; i <= TRIED; i++) {
    const epsilon = (farthest * i) / TRIED;
    const delta = deltaOf({ ...run, epsilon, accountant: 'pld' });
    // The test's complement gives the second bound.
    const complement = 1 - Math.exp(-epsilon) * (1 - delta - falsePositiveRate);
    least = Math.min(least, Math.exp(epsilon) * falsePositiveRate + delta, complement);
  }
  return least;
}
