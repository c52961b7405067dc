import { checkOrder, checkSampling, checkSigma } from '../check-mechanism.ts';
import type { SampledGaussian } from '../mechanism.ts';
import { replaceOneRdp } from './replace-one-rdp.ts';
import { sampledGaussianRdp } from './sampled-gaussian-rdp.ts';

/**
 * The Rényi divergence of order α > 1 of all steps together, in nats; never below the truth.
 *
 * Add-or-remove-one: the exact series (Mironov, Talwar, Zhang 2019). Replace-one: the dominating pair of mixtures with
 * means ±C, by quadrature with a proven error.
 *
 * @throws `privacy.badParameter`
 */
export function rdpOf({ order, ...mechanism }: SampledGaussian & { readonly order: number }): number {
  const { sigma, q, steps, adjacency } = mechanism;
  checkSigma(sigma);
  checkSampling(mechanism);
  checkOrder(order);
  return steps * (adjacency === 'replace-one' ? replaceOneRdp(sigma, q, order) : sampledGaussianRdp(sigma, q, order));
}
