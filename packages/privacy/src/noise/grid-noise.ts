import { privacyError } from '../errors.ts';
import { sampleDiscreteGaussian } from './discrete-gaussian.ts';
import type { Keystream } from './keystream.ts';
import type { NoiseScale } from './noise-scale.ts';

/** Above this a grid index and its noise might not be exact integers: indexes stop here. */
const MAX_INDEX = 2 ** 51;

/**
 * The values rounded to the nearest grid point plus discrete Gaussian noise: multiples of the grid. What is released is a
 * function of an integer whose distribution is exact, so the low bits of floating-point noise give nothing away
 * (Mironov 2012, "On Significance of the Least Significant Bits for Differential Privacy").
 *
 * `keystreamOf` gives the noise's keystream for the rounded sums, in grid steps: only they are in what is released, so whoever
 * makes the noise depend on them reuses none when the sums come out otherwise.
 *
 * A value beyond 2⁵¹ grid steps, millions of clip norms, is held there: that brings no two sums further apart, while an error
 * would be an answer about the data without noise.
 *
 * @throws `privacy.notFinite` for a value that is NaN or infinite, which no sum of clipped gradients is; nothing is released
 */
export function gridNoise(
  values: Float32Array | Float64Array,
  { grid, stages }: Pick<NoiseScale, 'grid' | 'stages'>,
  keystreamOf: (rounded: Float64Array) => Keystream,
): Float64Array {
  const rounded = new Float64Array(values.length);
  for (let i = 0; i < rounded.length; i++) {
    const index = Math.round(values[i]! / grid);
    // Adding 0 makes one zero of the two.
    rounded[i] = index + 0;
    if (Math.abs(index) <= MAX_INDEX) continue;
    if (!Number.isFinite(values[i])) {
      throw privacyError({
        code: 'privacy.notFinite',
        message: 'A clipped sum is not a finite number.',
        hint: 'The graph that clips must let no such value through; check it with the engine in use.',
      });
    }
    rounded[i] = Math.sign(index) * MAX_INDEX;
  }
  const noise = new Float64Array(values.length);
  sampleDiscreteGaussian(stages, keystreamOf(rounded), noise);
  for (let i = 0; i < noise.length; i++) noise[i] = (rounded[i]! + noise[i]!) * grid;
  return noise;
}
