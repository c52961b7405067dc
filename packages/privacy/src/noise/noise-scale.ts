import { privacyError } from '../errors.ts';
import { GAUSSIAN_SIGMAS } from './discrete-gaussian.ts';
import { float32SumError, type Summation } from './float32-sum-error.ts';

/** Share of C by which rounding a sum to the grid may push neighbours further apart. It costs so much more noise. */
export const ROUNDING_SLACK = 2 ** -11;
/** Share of C kept for float32 arithmetic in any case: errors of norms and clip factors, and of sums as they really are. */
export const ARITHMETIC_SLACK = 2 ** -11;

export interface NoiseScaleOptions {
  readonly clipNorm: number;
  readonly noiseMultiplier: number;
  /** Number of coordinates of one step's sum, all parameters together. */
  readonly dimension: number;
  /** When given, the worst case of float32 addition is covered too. */
  readonly summation?: Summation | undefined;
}

export interface NoiseScale {
  /** Distance between two released values. */
  readonly grid: number;
  /** Look-ups per sample: which discrete Gaussian, in units of the grid. */
  readonly stages: number;
  /** Bound on the distance of the rounded sums of two add-or-remove-one neighbours: C·(1 + slack). */
  readonly sensitivity: number;
  /** Standard deviation of the noise: noiseMultiplier·sensitivity. */
  readonly deviation: number;
}

/**
 * The grid and noise of one step. The *sum* is rounded, once: two sums at distance C round to at most C + √d·grid apart, and
 * the grid is chosen so that √d·grid stays below C/2048. The noise is scaled to that larger sensitivity, so the noise
 * multiplier that the accountants see is exact; all slack costs less than 0.1 % more noise, unless `summation` asks for the
 * worst case.
 *
 * Discrete Gaussian noise on grid points is, up to a factor 1 ± 2⁻¹³⁶, continuous Gaussian noise of variance
 * s² − 2.2² grid² that was then rounded at random (Peikert 2010, Theorem 3.1), so every bound for the continuous mechanism
 * holds, sampling and composition included; the 2.2 grid steps, 1e-11 of s, are inside the slack.
 *
 * @throws `privacy.badParameter` when the dimension times the noise is out of range
 */
export function noiseScale({ clipNorm, noiseMultiplier, dimension, summation }: NoiseScaleOptions): NoiseScale {
  const arithmetic = ARITHMETIC_SLACK + (summation ? float32SumError(summation) : 0);
  const sensitivity = clipNorm * (1 + ROUNDING_SLACK + arithmetic);
  const deviation = noiseMultiplier * sensitivity;
  // One percent of the rounding slack is left for division by the grid and for the randomised rounding above.
  const coarsest = (0.99 * ROUNDING_SLACK * clipNorm) / Math.sqrt(dimension);
  const stages = 1 + GAUSSIAN_SIGMAS.findIndex((sigma) => deviation / sigma <= coarsest);
  if (stages === 0) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: `Noise multiplier ${noiseMultiplier} over ${dimension} coordinates needs a finer grid than there is.`,
      data: { noiseMultiplier, dimension },
    });
  }
  return { grid: deviation / GAUSSIAN_SIGMAS[stages - 1]!, stages, sensitivity, deviation };
}
