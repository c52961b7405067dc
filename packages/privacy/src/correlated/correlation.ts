/** Orders in which units can take part under correlated noise. */
export const BATCH_ORDERS = ['cyclic-poisson', 'passes'] as const;

/**
 * Noise that is correlated over `bands` steps, so that much of it cancels in the sum of steps, which is what trained weights
 * are (banded matrix factorisation, Choquette-Choo et al. 2023, arXiv 2306.08153). One band is fresh noise in each step.
 *
 * - `cyclic-poisson`: units are dealt into as many groups as there are bands, by chance; step t takes those of group t mod
 *   bands, each with probability samplingRate·bands. So a unit takes part in a step with probability `samplingRate`.
 * - `passes`: the units as they come, in `passes` passes of steps/passes batches each: no sampling at all. The plan's
 *   `samplingRate` is then passes/steps, the share of the units in a batch. For `replace-one` only.
 */
export type Correlation =
  | { readonly order: 'cyclic-poisson'; readonly bands: number }
  | { readonly order: 'passes'; readonly bands: number; readonly passes: number };
