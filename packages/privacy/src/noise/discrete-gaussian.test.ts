import { describe, expect, it } from 'vitest';
import { logNormalTail } from '../numeric/log-normal-tail.ts';
import { GAUSSIAN_SIGMAS, sampleDiscreteGaussian } from './discrete-gaussian.ts';
import { gaussianTable } from './gaussian-table.ts';
import { Keystream } from './keystream.ts';

const COUNT = 1 << 19;

function draw(stages: number, key: number, count = COUNT): Float64Array {
  const out = new Float64Array(count);
  sampleDiscreteGaussian(stages, new Keystream(new Uint8Array(32).fill(key)), out);
  return out;
}

/** Pearson's statistic over bins of equal width in standard deviations, against the normal distribution. */
function chiSquare(samples: Float64Array, sigma: number): { statistic: number; degrees: number } {
  const edges = Array.from({ length: 61 }, (_, i) => (i - 30) / 10);
  const observed = new Float64Array(edges.length + 1);
  for (const x of samples) {
    const bin = Math.min(61, Math.max(0, Math.floor((x + 0.5) / (sigma / 10) + 31)));
    observed[bin]! += 1;
  }
  const below = (t: number) => 1 - Math.exp(logNormalTail(t));
  let statistic = 0;
  for (let bin = 0; bin < observed.length; bin++) {
    // The edges between integers nearest to the bin's edges, so that a small sigma is compared exactly.
    const edge = (t: number) => (Math.ceil(t * sigma - 0.5) - 0.5) / sigma;
    const low = bin === 0 ? 0 : below(edge(edges[bin - 1]!));
    const high = bin === edges.length ? 1 : below(edge(edges[bin]!));
    const expected = (high - low) * samples.length;
    statistic += (observed[bin]! - expected) ** 2 / expected;
  }
  return { statistic, degrees: observed.length - 1 };
}

describe('gaussianTable', () => {
  it('has rising thresholds that end at 2^191, and the weights of a discrete Gaussian', () => {
    const { exact } = gaussianTable();
    expect(exact.at(-1)).toBe(2n ** 191n);
    for (let k = 1; k < exact.length; k++) expect(exact[k]! >= exact[k - 1]!).toBe(true);
    // Independent sum in floating point: Σρ over all integers is σ√(2π) to 1e-15.
    const total = 1024 * Math.sqrt(2 * Math.PI);
    let sum = 0;
    for (const k of [0, 1, 2, 500, 1024, 4096]) {
      sum = 0;
      for (let x = -k; x <= k; x++) sum += Math.exp(-(x * x) / (2 * 1024 * 1024));
      expect(Number(exact[k]! >> 139n) / 2 ** 52).toBeCloseTo(sum / total, 13);
    }
  });
});

describe('sampleDiscreteGaussian', () => {
  it('has the standard deviations 1024·√(1 + 465²·…)', () => {
    expect(GAUSSIAN_SIGMAS[0]).toBe(1024);
    expect(GAUSSIAN_SIGMAS[1]).toBeCloseTo(476161.1010739958, 6);
    expect(GAUSSIAN_SIGMAS[2]).toBeCloseTo(221414912.00177595, 3);
  });

  it.each([1, 2, 3, 4])('%d stages: integers whose first four moments are the Gaussian’s', (stages) => {
    const sigma = GAUSSIAN_SIGMAS[stages - 1]!;
    const samples = draw(stages, stages);
    let [mean, square, cube, fourth] = [0, 0, 0, 0];
    for (const x of samples) {
      const z = x / sigma;
      mean += z / COUNT;
      square += z ** 2 / COUNT;
      cube += z ** 3 / COUNT;
      fourth += z ** 4 / COUNT;
    }
    expect(samples.every(Number.isSafeInteger)).toBe(true);
    // Five standard errors each.
    const error = 5 / Math.sqrt(COUNT);
    expect(Math.abs(mean)).toBeLessThan(error);
    expect(Math.abs(square - 1)).toBeLessThan(error * Math.sqrt(2));
    expect(Math.abs(cube)).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(fourth - 3)).toBeLessThan(error * Math.sqrt(96));
  });

  it.each([1, 2, 3])('%d stages: passes a chi-square test over 62 bins', (stages) => {
    const { statistic, degrees } = chiSquare(draw(stages, 10 + stages), GAUSSIAN_SIGMAS[stages - 1]!);
    expect(degrees).toBe(61);
    // 61 ± 5 standard deviations of √(2·61).
    expect(statistic).toBeGreaterThan(61 - 5 * Math.sqrt(122));
    expect(statistic).toBeLessThan(61 + 5 * Math.sqrt(122));
  });

  it('would fail that test with half the noise, or one percent less', () => {
    const samples = draw(2, 20);
    expect(chiSquare(samples, GAUSSIAN_SIGMAS[1]! / 2).statistic).toBeGreaterThan(1000);
    expect(chiSquare(samples, GAUSSIAN_SIGMAS[1]! * 1.01).statistic).toBeGreaterThan(61 + 5 * Math.sqrt(122));
  });

  it('has Gaussian tails: beyond 4 standard deviations as often as should be', () => {
    const sigma = GAUSSIAN_SIGMAS[1]!;
    let far = 0;
    for (const x of draw(2, 30, 1 << 21)) far += Math.abs(x) > 4 * sigma ? 1 : 0;
    // 2²¹·6.334e-5 = 132.8, give or take 5·11.5.
    expect(far).toBeGreaterThan(75);
    expect(far).toBeLessThan(191);
  });

  it('has every residue of the stretch alike: no lattice shows through', () => {
    const counts = new Float64Array(465);
    for (const x of draw(2, 40)) counts[((x % 465) + 465) % 465]! += 1;
    const expected = COUNT / 465;
    const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(statistic).toBeLessThan(464 + 5 * Math.sqrt(928));
    expect(statistic).toBeGreaterThan(464 - 5 * Math.sqrt(928));
  });

  it('is independent across keys and neighbours in one stream', () => {
    const [a, b] = [draw(2, 50), draw(2, 51)];
    const sigma = GAUSSIAN_SIGMAS[1]!;
    const correlation = (shift: number, x: Float64Array, y: Float64Array) => {
      let sum = 0;
      for (let i = 0; i + shift < COUNT; i++) sum += (x[i]! / sigma) * (y[i + shift]! / sigma);
      return sum / COUNT;
    };
    const error = 5 / Math.sqrt(COUNT);
    expect(Math.abs(correlation(0, a, b))).toBeLessThan(error);
    for (const shift of [1, 2, 1024]) expect(Math.abs(correlation(shift, a, a))).toBeLessThan(error);
  });

  it('makes more than 2 million samples in a second of processor time', () => {
    draw(2, 60);
    const start = process.cpuUsage();
    draw(2, 61);
    expect(COUNT / process.cpuUsage(start).user).toBeGreaterThan(2);
  });
});
