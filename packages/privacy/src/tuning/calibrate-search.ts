import { calibrateSigma } from '../epsilon/calibrate-sigma.ts';
import { privacyError } from '../errors.ts';
import { createPlan } from '../plan/create-plan.ts';
import { planMechanism } from '../plan/plan-mechanism.ts';
import type { PrivacyPlanOptions } from '../plan/privacy-plan-json.ts';
import { createSearch, type Search } from './create-search.ts';
import type { RunCount } from './run-count.ts';
import { searchedParts } from './searched-parts.ts';
import { tunedEpsilon } from './tuned-epsilon.ts';

/** A plan before its noise is known. */
export type UnpricedPlan = Omit<PrivacyPlanOptions, 'epsilon' | 'noiseMultiplier'>;

/** Noise is found to so much, relative. */
const TOLERANCE = 1e-4;
/** The part of a search's epsilon that one run has, about. */
const ONE_RUN = 0.5;
/** A search never needs more than so many times the noise of one run: it costs as much as a few. */
const MOST = 1e3;

/**
 * The search over these plans with the least noise for which all of it keeps to `epsilon`: each plan gets the noise that it would
 * need alone for half of that, times a factor that is the same for all. With `isScored` so do scores, of which each run may then have one.
 *
 * @throws what `createPlan` and `createSearch` throw; `privacy.unreachable` where no noise is enough
 * @example
 * const search = calibrateSearch({ plans: [plan], runs: { kind: 'poisson', mean: 10 }, epsilon: 3, isScored: true });
 */
export function calibrateSearch({
  plans,
  runs,
  epsilon,
  isScored,
}: {
  readonly plans: readonly UnpricedPlan[];
  readonly runs: RunCount;
  readonly epsilon: number;
  readonly isScored: boolean;
}): Search {
  const [first] = plans;
  if (first === undefined) return createSearch([], runs);
  const { adjacency, deltaExponent } = first;
  const delta = Number(`1e-${deltaExponent}`);
  const known = new Map<string, number>();
  const alone = plans.map((plan) => {
    const { q, steps } = planMechanism({ ...plan, noiseMultiplier: 1 });
    const key = `${q} ${steps} ${plan.adjacency} ${plan.deltaExponent} ${plan.accountant}`;
    const sigma = known.get(key) ?? createPlan({ ...plan, epsilon: ONE_RUN * epsilon }).noiseMultiplier;
    known.set(key, sigma);
    return sigma;
  });
  const score = isScored
    ? calibrateSigma({ q: 1, steps: 1, adjacency, delta, accountant: 'pld', epsilon: ONE_RUN * epsilon })
    : undefined;
  const scaled = (sigma: number, factor: number) => Number((sigma * factor).toPrecision(6));
  const scoreAt = (factor: number) => (score === undefined ? undefined : scaled(score, factor));
  const isEnough = (factor: number) => {
    const mechanisms = plans.map((plan, i) => planMechanism({ ...plan, noiseMultiplier: scaled(alone[i]!, factor) }));
    const candidates = searchedParts(mechanisms, scoreAt(factor));
    return tunedEpsilon({ candidates, adjacency, runs, delta }) <= epsilon;
  };
  let high = 1;
  while (!isEnough(high)) {
    high *= 2;
    if (high > MOST) {
      throw privacyError({
        code: 'privacy.unreachable',
        message: `No noise keeps this search to epsilon ${epsilon}.`,
        hint: 'Ask for a larger epsilon, or fewer runs on average.',
        data: { epsilon },
      });
    }
  }
  let low = high / 2;
  while (high > low * (1 + TOLERANCE)) {
    const middle = Math.sqrt(low * high);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  const priced = plans.map((plan, i) => createPlan({ ...plan, noiseMultiplier: scaled(alone[i]!, high) }).toJSON());
  return createSearch(priced, runs, scoreAt(high));
}
