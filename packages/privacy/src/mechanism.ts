import type { Adjacency } from './adjacency.ts';

/**
 * A number of steps of the Poisson-subsampled Gaussian mechanism: every privacy unit takes part in a step with
 * probability `q`, independently; the sum of contributions of norm at most C gets Gaussian noise of standard deviation
 * sigma·C in every coordinate.
 */
export interface SampledGaussian {
  /** Noise standard deviation over the clip norm C. Under `replace-one` too: the accountants know that the sum then moves by 2C. */
  readonly sigma: number;
  /** Sampling probability of a privacy unit, over 0 and up to 1. */
  readonly q: number;
  /** Number of steps, an integer from 1. */
  readonly steps: number;
  readonly adjacency: Adjacency;
}
