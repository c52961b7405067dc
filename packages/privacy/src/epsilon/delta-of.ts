import { checkEpsilon, checkSampling, checkSigma } from '../check-mechanism.ts';
import type { SampledGaussian } from '../mechanism.ts';
import { composedDelta } from '../pld/composed-delta.ts';
import { mixtureSource } from '../pld/loss-source.ts';
import { dominatingPairs } from '../pld/mixture-pair.ts';
import { deltaFromRdp } from '../rdp/delta-from-rdp.ts';
import { RDP_ORDERS } from '../rdp/rdp-orders.ts';
import { rdpOf } from '../rdp/rdp-of.ts';
import { checkAccountant, type Accountant } from './accountant.ts';
import { analyticGaussianDelta } from './analytic-gaussian-delta.ts';
import { singleStepDelta } from './single-step-delta.ts';

/**
 * The delta at which the run is (epsilon, delta)-differentially private; never below the truth, and within 1 % of it
 * with `pld`.
 *
 * @throws `privacy.badParameter`
 */
export function deltaOf({
  epsilon,
  accountant,
  ...mechanism
}: SampledGaussian & { readonly epsilon: number; readonly accountant: Accountant }): number {
  const { sigma, q, steps, adjacency } = mechanism;
  checkSigma(sigma);
  checkSampling(mechanism);
  checkEpsilon(epsilon);
  checkAccountant(accountant);
  if (accountant === 'rdp') {
    return deltaFromRdp(
      RDP_ORDERS.map((order) => ({ order, rdp: rdpOf({ ...mechanism, order }) })),
      epsilon,
    );
  }
  if (q === 1) {
    return analyticGaussianDelta(((adjacency === 'replace-one' ? 2 : 1) * Math.sqrt(steps)) / sigma, epsilon);
  }
  const deltas = dominatingPairs(mechanism).map((pair) =>
    steps === 1 ? singleStepDelta(pair, epsilon) : composedDelta([{ source: mixtureSource(pair), steps }], epsilon),
  );
  return Math.max(...deltas);
}
