import { checkDelta, checkSampling, checkSigma } from '../check-mechanism.ts';
import type { SampledGaussian } from '../mechanism.ts';
import { leastArgument } from '../numeric/least-argument.ts';
import { composedEpsilon } from '../pld/composed-epsilon.ts';
import { mixtureSource } from '../pld/loss-source.ts';
import { dominatingPairs } from '../pld/mixture-pair.ts';
import { epsilonFromRdp } from '../rdp/epsilon-from-rdp.ts';
import { RDP_ORDERS } from '../rdp/rdp-orders.ts';
import { rdpOf } from '../rdp/rdp-of.ts';
import { checkAccountant, type Accountant } from './accountant.ts';
import { analyticGaussianDelta } from './analytic-gaussian-delta.ts';
import { singleStepDelta } from './single-step-delta.ts';

/**
 * The epsilon at which the run is (epsilon, delta)-differentially private; never below the truth.
 *
 * With `pld` at most 0.002 above it (0.2 % when that is less): closed forms for q = 1 (Balle and Wang 2018) and for one
 * step, else connect-the-dots discretisation (arXiv 2207.04380) on a grid that follows the run, composed by FFT, the
 * larger of all directions. With `rdp` the least over a fixed list of orders.
 *
 * @throws `privacy.badParameter`
 * @example epsilonOf({ sigma: 18.75, q: 0.5, steps: 100, delta: 1e-5, adjacency: 'add-or-remove-one', accountant: 'pld' }) // 1.000
 */
export function epsilonOf({
  delta,
  accountant,
  ...mechanism
}: SampledGaussian & { readonly delta: number; readonly accountant: Accountant }): number {
  const { sigma, q, steps, adjacency } = mechanism;
  checkSigma(sigma);
  checkSampling(mechanism);
  checkDelta(delta);
  checkAccountant(accountant);
  if (accountant === 'rdp') {
    return epsilonFromRdp(
      RDP_ORDERS.map((order) => ({ order, rdp: rdpOf({ ...mechanism, order }) })),
      delta,
    );
  }
  if (q === 1) {
    const shift = ((adjacency === 'replace-one' ? 2 : 1) * Math.sqrt(steps)) / sigma;
    return leastArgument((epsilon) => analyticGaussianDelta(shift, epsilon), delta);
  }
  const epsilons = dominatingPairs(mechanism).map((pair) =>
    steps === 1
      ? leastArgument((epsilon) => singleStepDelta(pair, epsilon), delta)
      : composedEpsilon([{ source: mixtureSource(pair), steps }], delta).epsilon,
  );
  return Math.max(...epsilons);
}
