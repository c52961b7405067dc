import { privacyError } from '../errors.ts';
import { sampleDiscreteGaussian } from './discrete-gaussian.ts';
import type { Keystream } from './keystream.ts';
import type { NoiseScale } from './noise-scale.ts';

/** Above this a grid index and its noise might not be exact integers. */
const MAX_INDEX = 2 ** 51;

/**
 * The values rounded to the nearest grid point plus discrete Gaussian noise: multiples of the grid. What is released is a
 * function of an integer whose distribution is exact, so the low bits of floating-point noise give nothing away
 * (Mironov 2012, "On Significance of the Least Significant Bits for Differential Privacy").
 *
 * @throws `privacy.notFinite` for a value that is NaN, infinite or beyond 2⁵¹ grid steps; nothing is released then
 */
export function gridNoise(
  values: Float32Array | Float64Array,
  { grid, stages }: Pick<NoiseScale, 'grid' | 'stages'>,
  keystream: Keystream,
): Float64Array {
  const out = new Float64Array(values.length);
  sampleDiscreteGaussian(stages, keystream, out);
  for (let i = 0; i < out.length; i++) {
    const index = Math.round(values[i]! / grid);
    if (!(Math.abs(index) <= MAX_INDEX)) {
      throw privacyError({
        code: 'privacy.notFinite',
        message: 'A clipped sum is not a finite number of usual size.',
        hint: 'The graph that clips must let no such value through; check it with the engine in use.',
      });
    }
    out[i] = (index + out[i]!) * grid;
  }
  return out;
}
