import { checkDelta } from '../check-mechanism.ts';
import { privacyError } from '../errors.ts';
import { deltaOf } from '../epsilon/delta-of.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import type { Accountant } from '../epsilon/accountant.ts';
import type { SampledGaussian } from '../mechanism.ts';
import { leastArgument } from '../numeric/least-argument.ts';

const MOST = 1000;

/**
 * The epsilon at `delta` for `group` units together, such as the rows of one person in a dataset whose unit is the row;
 * never below the truth.
 *
 * Where every unit takes part in every step, the group moves the sum `group` times as far. Else from the unit's own curve:
 * (ε, δ) for one is (kε, δ·(e^(kε) − 1)/(e^ε − 1)) for k (Vadhan 2017, "The Complexity of Differential Privacy", Lemma 2.2),
 * at the best ε. That is far above the truth for large groups: a plan whose unit is the person is the better promise.
 *
 * @throws `privacy.badParameter`
 * @example groupEpsilon({ sigma: 1, q: 1, steps: 5, adjacency: 'add-or-remove-one', group: 2, delta: 1e-6, accountant: 'pld' }) // 30.58
 */
export function groupEpsilon({
  group,
  delta,
  accountant,
  ...run
}: SampledGaussian & { readonly group: number; readonly delta: number; readonly accountant: Accountant }): number {
  checkDelta(delta);
  if (!Number.isSafeInteger(group) || group < 1 || group > MOST) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: `A group has from 1 to ${MOST} units, not ${String(group)}.`,
      data: { parameter: 'group' },
    });
  }
  if (group === 1) return epsilonOf({ ...run, delta, accountant });
  if (run.q === 1) return epsilonOf({ ...run, sigma: run.sigma / group, delta, accountant });
  const ofGroup = (epsilon: number) => {
    const growth = epsilon === 0 ? group : Math.expm1(group * epsilon) / Math.expm1(epsilon);
    return deltaOf({ ...run, epsilon, accountant }) * growth;
  };
  return group * leastArgument(ofGroup, delta);
}
