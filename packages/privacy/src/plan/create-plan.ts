import { calibrateSigma } from '../epsilon/calibrate-sigma.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { privacyError } from '../errors.ts';
import { checkPlanOptions } from './check-plan-options.ts';
import { planMechanism } from './plan-mechanism.ts';
import { PrivacyPlan } from './privacy-plan.ts';
import type { PrivacyPlanOptions } from './privacy-plan-json.ts';

/** A claimed epsilon may be so much below the computed one, relative: other machines round logarithms otherwise. */
const ROUNDING = 1e-9;

/**
 * The plan with these settings. From `epsilon` alone follows the least noise that meets it, rounded up to six digits;
 * from `noiseMultiplier` alone follows epsilon, rounded up to 1e-6; given both, as in a plan's JSON, the epsilon is
 * checked and kept.
 *
 * @throws `privacy.badPlan` for unknown fields, neither or a contradiction of both; `privacy.badParameter`;
 * `privacy.unreachable` when no noise meets epsilon
 * @example
 * const plan = createPlan({ epsilon: 1, deltaExponent: 5, samplingRate: 0.5, steps: 100, clipNorm: 1, unit: 'row', adjacency: 'add-or-remove-one' });
 * plan.noiseMultiplier; // 18.7487
 */
export function createPlan(options: PrivacyPlanOptions): PrivacyPlan {
  checkPlanOptions(options);
  const { adjacency, unit, clipNorm, samplingRate, steps, deltaExponent, accountant = 'pld', correlation } = options;
  const equal = planMechanism({ noiseMultiplier: 1, samplingRate, steps, adjacency, correlation });
  const run = { ...equal, delta: Number(`1e-${deltaExponent}`), accountant } as const;
  const noiseMultiplier = options.noiseMultiplier ?? roundUp(calibrateSigma({ ...run, epsilon: options.epsilon! }));
  const computed = epsilonOf({ ...run, sigma: noiseMultiplier });
  const epsilon = options.epsilon ?? Math.max(1e-6, Math.ceil(computed * 1e6) / 1e6);
  if (computed > epsilon * (1 + ROUNDING)) {
    throw privacyError({
      code: 'privacy.badPlan',
      message: `The plan claims epsilon ${epsilon}, but its noise gives ${computed.toPrecision(6)}.`,
      hint: 'Leave out the noise multiplier, and it follows from epsilon.',
      data: { claimed: epsilon, computed },
    });
  }
  return new PrivacyPlan({
    adjacency,
    unit,
    clipNorm,
    noiseMultiplier,
    samplingRate,
    steps,
    deltaExponent,
    epsilon,
    accountant,
    clipping: options.clipping === undefined ? undefined : Object.freeze({ ...options.clipping }),
    correlation: correlation === undefined ? undefined : Object.freeze({ ...correlation }),
  });
}

/** Six digits, upwards. */
function roundUp(sigma: number): number {
  const unit = 10 ** (Math.floor(Math.log10(sigma)) - 5);
  return Number((Math.ceil(sigma / unit) * unit).toPrecision(6));
}
