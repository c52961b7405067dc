import type { Adjacency } from '../adjacency.ts';
import { checkSampling, checkSigma } from '../check-mechanism.ts';
import { privacyError } from '../errors.ts';
import { MECHANISMS, type MechanismSteps } from './mechanism-steps.ts';

const MOST_PARTS = 1_000;

/**
 * Returns when every part is in its domain.
 *
 * Randomised response is a promise about the exchange of one answer for another; that somebody answered at all is not
 * hidden, so it has no epsilon under `add-or-remove-one`.
 *
 * @throws `privacy.badParameter` with the index of the part
 */
export function checkComposition(parts: readonly MechanismSteps[], adjacency: Adjacency): void {
  if (parts.length === 0 || parts.length > MOST_PARTS)
    refuse('composition', parts.length, `a list of 1 to ${MOST_PARTS} mechanisms`);
  parts.forEach((part, index) => {
    const at = (name: string) => `[${index}].${name}`;
    if (!MECHANISMS.includes(part.mechanism))
      refuse(at('mechanism'), part.mechanism, `one of ${MECHANISMS.join(', ')}`);
    checkSampling({ q: part.mechanism === 'sampled-gaussian' ? part.q : 1, steps: part.steps, adjacency });
    if (part.mechanism === 'laplace') {
      if (!(part.scale >= 1e-3 && part.scale <= 1e6)) refuse(at('scale'), part.scale, 'a number from 0.001 to 1000000');
    } else if (part.mechanism === 'randomised-response') {
      if (!(part.epsilon > 0 && part.epsilon <= 100))
        refuse(at('epsilon'), part.epsilon, 'a number above 0, at most 100');
      if (!Number.isSafeInteger(part.categories) || part.categories < 2)
        refuse(at('categories'), part.categories, 'an integer from 2');
      if (adjacency !== 'replace-one') refuse('adjacency', adjacency, 'replace-one, for randomised response');
    } else {
      checkSigma(part.sigma);
    }
  });
}

function refuse(name: string, value: unknown, rule: string): never {
  throw privacyError({
    code: 'privacy.badParameter',
    message: `${name} must be ${rule}, got ${String(value)}.`,
    data: { parameter: name },
  });
}
