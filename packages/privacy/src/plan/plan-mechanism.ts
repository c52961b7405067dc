import type { SampledGaussian } from '../mechanism.ts';
import type { PrivacyPlanJson } from './privacy-plan-json.ts';

/**
 * The DP-SGD that costs as much as the first `steps` steps of a plan (all of them if left out): what accountants and ledger
 * compute with. It is the plan itself where noise is fresh in each step.
 *
 * Under correlated noise a unit's contribution in step t reaches the released rows t to t + bands − 1, with coefficients of
 * norm 1. It takes part again only when those are past, so contributions fall on rows of their own, and each is one Gaussian
 * mechanism of σ: n steps in groups cost as ⌈n/bands⌉ steps sampled at bands·q (Choquette-Choo et al. 2023, arXiv
 * 2306.08153, Theorem 4), passes as one step of all units each.
 */
export function planMechanism(
  plan: Pick<PrivacyPlanJson, 'noiseMultiplier' | 'samplingRate' | 'steps' | 'adjacency' | 'correlation'>,
  steps: number = plan.steps,
): SampledGaussian {
  const { noiseMultiplier: sigma, samplingRate, adjacency, correlation } = plan;
  switch (correlation?.order) {
    case undefined:
      return { sigma, q: samplingRate, steps, adjacency };
    case 'cyclic-poisson':
      return { sigma, q: correlation.bands * samplingRate, steps: Math.ceil(steps / correlation.bands), adjacency };
    case 'passes':
      return { sigma, q: 1, steps: Math.ceil((steps * correlation.passes) / plan.steps), adjacency };
  }
}
