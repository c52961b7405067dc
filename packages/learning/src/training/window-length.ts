import type { PrivacyPlanJson } from '@encryptech/privacy';
import { learningError } from '../errors.ts';

/** 256 MiB, which checkpoints hold too. */
const MOST = 2 ** 25;

/**
 * Numbers that correlated noise remembers from step to step: bands − 1 for each parameter that trains; 0 where noise is fresh.
 *
 * @throws `learning.badJob` for more than 2²⁵ of them
 */
export function windowLength({ correlation }: Pick<PrivacyPlanJson, 'correlation'>, parameters: number): number {
  const length = ((correlation?.bands ?? 1) - 1) * parameters;
  if (length <= MOST) return length;
  throw learningError({
    code: 'learning.badJob',
    message: `Noise over ${correlation!.bands} bands remembers ${length} numbers, at most ${MOST} fit.`,
    place: 'plan.correlation.bands',
    hint: `Use at most ${Math.floor(MOST / parameters) + 1} bands, or train fewer parameters.`,
  });
}
