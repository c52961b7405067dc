import { ADAPTIVE_NORMS, type ClippingRule } from './clipping.ts';

/**
 * The clip norm of the next step: C·exp(−rate·(b − quantile)), where b is the noised share of units whose gradients were no
 * longer than C, held within 0 and 1 (Andrew et al. 2021, Algorithm 1). A float32 number, within {@link ADAPTIVE_NORMS}.
 *
 * Made of the noised count and public numbers alone. `expectedBatch` stands for the size of the batch, which is private.
 */
export function nextClipNorm({
  clipNorm,
  noisedCount,
  expectedBatch,
  clipping: { rate, quantile },
}: {
  clipNorm: number;
  /** Σ over the units of the step of +1 for a short gradient and −1 for a long one, noised. */
  noisedCount: number;
  expectedBatch: number;
  clipping: Extract<ClippingRule, { kind: 'adaptive' }>;
}): number {
  const short = Math.min(1, Math.max(0, (1 + noisedCount / expectedBatch) / 2));
  const next = clipNorm * Math.exp(-rate * (short - quantile));
  return Math.fround(Math.min(ADAPTIVE_NORMS.max, Math.max(ADAPTIVE_NORMS.min, next)));
}
