import { GUIDE_BITS, gaussianTable, HIGH_BITS, LOW_WORDS, TABLE_SIGMA } from './gaussian-table.ts';
import type { Keystream } from './keystream.ts';

/** Stretch from one stage to the next: the tabulated standard deviation over 2.2. */
const STRETCH = 465;

/**
 * Standard deviations of the discrete Gaussians that {@link sampleDiscreteGaussian} draws, by number of stages: 1024 for
 * one table look-up a sample, √(1024² + 465²·s²) with one more look-up than s.
 */
export const GAUSSIAN_SIGMAS: readonly number[] = [1, 2, 3, 4].reduce<number[]>((sigmas, stage) => {
  const before = sigmas.at(-1);
  return [...sigmas, stage === 1 || before === undefined ? TABLE_SIGMA : Math.hypot(TABLE_SIGMA, STRETCH * before)];
}, []);

/**
 * Fills `out` with independent integers of the discrete Gaussian of mean 0 and standard deviation
 * GAUSSIAN_SIGMAS[stages − 1], exactly but for a total variation below 2⁻¹⁷⁴ each and a factor within 1 ± 2⁻¹³⁶ on any
 * probability. No floating-point number decides anything.
 *
 * One stage is a look-up of 31 random bits in a table of 191-bit thresholds; ties, one in 100,000, read the other 160
 * bits. A stage more adds a fresh look-up to 465 times the result. The sum of x₁ and 465·x₂ has probability
 * ρ(x)·Σ_k ρ'(k − c(x)), and that sum over a Gaussian of standard deviation ≥ 2.2 is constant in c to
 * 2·e^(−2π²·2.2²) < 2⁻¹³⁶ by Poisson summation (the convolution of Peikert 2010, "An Efficient and Parallel Gaussian
 * Sampler for Lattices", Theorem 3.1).
 */
export function sampleDiscreteGaussian(stages: number, keystream: Keystream, out: Float64Array): void {
  const { high, guide } = gaussianTable();
  const words = new Uint32Array(1024);
  for (let stage = 0; stage < stages; stage++) {
    for (let from = 0; from < out.length; from += words.length) {
      const count = Math.min(words.length, out.length - from);
      const batch = words.subarray(0, count);
      keystream.fill(batch);
      for (let i = 0; i < count; i++) {
        const word = batch[i]!;
        const draw = word >>> 1;
        let k = guide[draw >>> (HIGH_BITS - GUIDE_BITS)]!;
        while (high[k]! < draw) k++;
        if (high[k]! === draw) k = breakTie(k, draw, keystream);
        // The sign without a branch: half of all branches on it would be guessed wrong.
        const sign = -(word & 1);
        const value = (k ^ sign) - sign;
        out[from + i] = stage === 0 ? value : value + STRETCH * out[from + i]!;
      }
    }
  }
}

/** The least k whose full threshold exceeds the draw, extended by 160 fresh bits. */
function breakTie(from: number, draw: number, keystream: Keystream): number {
  const { high, exact } = gaussianTable();
  let full = BigInt(draw);
  for (let i = 0; i < LOW_WORDS; i++) full = (full << 32n) | BigInt(keystream.next());
  let k = from;
  while (k < high.length - 1 && exact[k]! <= full) k++;
  return k;
}
