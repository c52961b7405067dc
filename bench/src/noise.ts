import { Keystream } from '../../packages/privacy/src/noise/keystream.ts';
import { GAUSSIAN_SIGMAS, sampleDiscreteGaussian } from '../../packages/privacy/src/noise/discrete-gaussian.ts';
import type { Figure } from './figure.ts';

const SAMPLES = 1 << 20;
const ROUNDS = 15;

/**
 * Samples of exact discrete Gaussian noise in a second of one core's time, keystream included, for grids of two and of three
 * look-ups a sample: the first serves models of up to tens of thousands of parameters, the second all up to 10¹⁰.
 */
export async function noise(): Promise<Figure[]> {
  const keystream = new Keystream(globalThis.crypto.getRandomValues(new Uint8Array(32)));
  const out = new Float64Array(SAMPLES);
  const figures: Figure[] = [];
  for (const stages of [2, 3]) {
    sampleDiscreteGaussian(stages, keystream, out);
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = process.cpuUsage();
      sampleDiscreteGaussian(stages, keystream, out);
      rates.push(SAMPLES / process.cpuUsage(before).user);
    }
    rates.sort((a, b) => a - b);
    const median = rates[ROUNDS >> 1]!;
    figures.push({
      ...{ name: `noise.stages-${stages}`, figure: median, unit: 'M/s', goal: '>= 20', holds: median >= 20 },
      settings: {
        samples: SAMPLES,
        rounds: ROUNDS,
        sigma: Math.round(GAUSSIAN_SIGMAS[stages - 1]!),
        keystream: 'ChaCha20',
      },
    });
  }
  return figures;
}
