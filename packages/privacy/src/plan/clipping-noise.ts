import type { PrivacyPlanJson } from './privacy-plan-json.ts';

/** Standard deviations of a step's noise, each over what one unit can add at most. */
export interface ClippingNoise {
  /** Of the clipped sum, over the clip norm of the step. */
  readonly gradient: number;
  /** Of the count of short gradients, each counted as +1 or −1; null where nothing is counted. */
  readonly count: number | null;
}

/**
 * How a plan's noise multiplier z is split between what a step releases.
 *
 * Sum and count are one vector query: in units of their noises z_g and z_c a unit moves it by at most √(1/z_g² + 1/z_c²), and
 * that is 1/z, what the accountants take (Andrew et al. 2021, Theorem 1, with z_c = 2σ_b). A unit counts as ±1 and not as 0 or
 * 1: that halves what it can change against the noise.
 */
export function clippingNoise({
  noiseMultiplier: z,
  clipping,
}: Pick<PrivacyPlanJson, 'noiseMultiplier' | 'clipping'>): ClippingNoise {
  if (clipping?.kind !== 'adaptive') return { gradient: z, count: null };
  return { gradient: z / Math.sqrt(1 - clipping.share), count: z / Math.sqrt(clipping.share) };
}
