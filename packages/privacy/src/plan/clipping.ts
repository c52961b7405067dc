/** Rules that a plan can clip by. */
export const CLIPPINGS = ['flat', 'automatic', 'per-layer', 'adaptive'] as const;

/**
 * How the norm of one unit's gradient is bounded.
 *
 * - `flat`: scaled down to C where it is longer (Abadi et al. 2016). What a plan without `clipping` does.
 * - `automatic`: scaled to nearly C, whatever it was (AUTO-S, Bu et al. 2023).
 * - `per-layer`: each of L layers is bounded by C/√L (McMahan et al. 2018).
 * - `adaptive`: flat, and C follows a quantile of the norms (Andrew et al. 2021, arXiv 1905.03871, Algorithm 1). In each step
 *   the units whose gradients are no longer than C are counted, with noise of its own; C then shrinks or grows by at most a
 *   factor e^rate, towards the norm that a share `quantile` of the units stays below. The plan's `clipNorm` is the first C.
 */
export type ClippingRule =
  | { readonly kind: 'flat' | 'automatic' | 'per-layer' }
  | {
      readonly kind: 'adaptive';
      /** γ: the share of gradients that are to be no longer than C, above 0 and below 1. */
      readonly quantile: number;
      /** η: how fast ln C moves, above 0 and at most 1. */
      readonly rate: number;
      /**
       * The count's part of the privacy loss, above 0 and at most 0.5: sums of gradients get noise noiseMultiplier/√(1 − share)
       * over C, the count noiseMultiplier/√share over what one unit changes.
       */
      readonly share: number;
    };

/** Clip norms that an adaptive plan can come to: outside, norms and factors leave what float32 holds. */
export const ADAPTIVE_NORMS = { min: 1e-6, max: 1e6 } as const;
