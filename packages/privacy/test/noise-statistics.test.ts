import { describe, expect, it } from 'vitest';
import { GAUSSIAN_SIGMAS, sampleDiscreteGaussian } from '../src/noise/discrete-gaussian.ts';
import { deriveKeystream, type KeystreamPurpose } from '../src/noise/derive-keystream.ts';
import { gridNoise } from '../src/noise/grid-noise.ts';
import { Keystream } from '../src/noise/keystream.ts';
import { noiseScale } from '../src/noise/noise-scale.ts';

const COUNT = 1 << 20;
const root = new Uint8Array(32).fill(77);
const context = new Uint8Array(32).fill(5);

function noiseOf(stream: Keystream, stages = 1, count = COUNT): Float64Array {
  const out = new Float64Array(count);
  sampleDiscreteGaussian(stages, stream, out);
  return out;
}

/** Pearson's statistic, and five standard deviations above its mean. */
function chiSquare(observed: ArrayLike<number>, expected: ArrayLike<number>): { statistic: number; limit: number } {
  let statistic = 0;
  for (let i = 0; i < observed.length; i++) statistic += (observed[i]! - expected[i]!) ** 2 / expected[i]!;
  const degrees = observed.length - 1;
  return { statistic, limit: degrees + 5 * Math.sqrt(2 * degrees) };
}

describe('one look-up against the exact discrete Gaussian', () => {
  it('has e^(−x²/2σ²) over its sum for each single integer up to two deviations, and for both tails', () => {
    const sigma = GAUSSIAN_SIGMAS[0]!;
    const reach = 2 * sigma;
    const weight = (x: number) => Math.exp(-(x * x) / (2 * sigma * sigma));
    let total = weight(0);
    for (let x = 1; x < 20 * sigma; x++) total += 2 * weight(x);
    const observed = new Float64Array(2 * reach + 3);
    for (let key = 0; key < 4; key++) {
      const stream = deriveKeystream(root, context, { label: 'noise', step: key, name: 'w' });
      for (const x of noiseOf(stream)) observed[Math.max(0, Math.min(2 * reach + 2, x + reach + 1))]! += 1;
    }
    const expected = observed.map((_, bin) => (4 * COUNT * weight(bin - reach - 1)) / total);
    const inside = expected.subarray(1, -1).reduce((sum, value) => sum + value, 0);
    expected[0] = expected[expected.length - 1] = (4 * COUNT - inside) / 2;
    expect(Math.min(...expected)).toBeGreaterThan(100);
    const { statistic, limit } = chiSquare(observed, expected);
    expect(statistic).toBeLessThan(limit);
    // The other end: too good a fit would be no random one.
    expect(statistic).toBeGreaterThan(2 * (observed.length - 1) - limit);
  });
});

describe('independence', () => {
  const purposes: [string, KeystreamPurpose, KeystreamPurpose][] = [
    ['steps', { label: 'noise', step: 1, name: 'w' }, { label: 'noise', step: 2, name: 'w' }],
    ['parameters', { label: 'noise', step: 1, name: 'w' }, { label: 'noise', step: 1, name: 'v' }],
    [
      'sums',
      { label: 'noise', step: 1, name: 'w', sums: Uint8Array.of(0) },
      { label: 'noise', step: 1, name: 'w', sums: Uint8Array.of(1) },
    ],
  ];

  it.each(purposes)('across %s: all 256 pairs of sixteenths are alike often', (_, one, other) => {
    const pairs = pairCounts(deriveKeystream(root, context, one), deriveKeystream(root, context, other));
    const { statistic, limit } = chiSquare(pairs.observed, pairs.expected);
    expect(statistic).toBeLessThan(limit);
  });

  it('across keys that differ in one bit', () => {
    const near = new Uint8Array(32).fill(77);
    near[31] = near[31]! ^ 1;
    const pairs = pairCounts(new Keystream(new Uint8Array(32).fill(77)), new Keystream(near));
    const { statistic, limit } = chiSquare(pairs.observed, pairs.expected);
    expect(statistic).toBeLessThan(limit);
  });

  it('and the test would see one shared draw in fifty', () => {
    const [a, b] = [1, 2].map((key) => noiseOf(new Keystream(new Uint8Array(32).fill(key))));
    for (let i = 0; i < COUNT; i += 50) b![i] = a![i]!;
    const { statistic, limit } = chiSquare(...countsOf(a!, b!));
    expect(statistic).toBeGreaterThan(limit);
  });
});

/** Counts by which sixteenth of the distribution each of the two draws lies in, and what products of the margins expect. */
function pairCounts(one: Keystream, other: Keystream) {
  const [observed, expected] = countsOf(noiseOf(one), noiseOf(other));
  return { observed, expected };
}

function countsOf(a: Float64Array, b: Float64Array): [Float64Array, Float64Array] {
  const sorted = a.slice(0, 1 << 16).sort();
  const edges = Array.from({ length: 15 }, (_, i) => sorted[((i + 1) * sorted.length) / 16]!);
  const cell = (x: number) => edges.reduce((below, edge) => below + (x >= edge ? 1 : 0), 0);
  const observed = new Float64Array(256);
  const [left, right] = [new Float64Array(16), new Float64Array(16)];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [cell(a[i]!), cell(b[i]!)];
    observed[16 * x + y]! += 1;
    left[x]! += 1;
    right[y]! += 1;
  }
  return [observed, observed.map((_, at) => (left[at >> 4]! * right[at & 15]!) / a.length)];
}

/**
 * Mironov 2012, "On Significance of the Least Significant Bits for Differential Privacy": a sum of 0 plus floating-point noise
 * lands on numbers that a sum of 1 plus such noise can't reach, since adding 1 rounds the noise's last bits away. One release
 * whose last bit is set then gives the sum away, whatever epsilon was promised.
 */
describe('Mironov’s attack on the least significant bits', () => {
  /** In [¼, ½) doubles lie 2⁻⁵⁴ apart; 1 + noise is a multiple of 2⁻⁵³ there. */
  const looksAt = (y: number) => y >= 0.25 && y < 0.5;
  const saysZero = (y: number) => (y * 2 ** 53) % 1 !== 0;
  const tried = 400_000;

  function attack(release: (sum: number, count: number) => ArrayLike<number>): {
    zero: number;
    one: number;
    looked: number;
  } {
    const count = (sum: number) => {
      const seen = Array.from(release(sum, tried)).filter(looksAt);
      return { said: seen.filter(saysZero).length, seen: seen.length };
    };
    const [zero, one] = [count(0), count(1)];
    return { zero: zero.said / zero.seen, one: one.said / one.seen, looked: Math.min(zero.seen, one.seen) };
  }

  it('breaks Gaussian noise in floating point: it is sure of 0 half of the time, and never when it is 1', () => {
    const stream = new Keystream(new Uint8Array(32).fill(9));
    const uniform = () => (stream.next() * 2 ** 21 + (stream.next() >>> 11) + 0.5) * 2 ** -53;
    const found = attack((sum, count) =>
      Float64Array.from(
        { length: count },
        () => sum + Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
      ),
    );
    expect(found.looked).toBeGreaterThan(10_000);
    expect(found.zero).toBeGreaterThan(0.4);
    expect(found.one).toBe(0);
  });

  it('finds nothing in ours: it says 0 as often when the sum is 1', () => {
    const scale = noiseScale({ clipNorm: 1, noiseMultiplier: 1, dimension: 100 });
    let key = 0;
    const found = attack((sum, count) =>
      gridNoise(new Float64Array(count).fill(sum), scale, () => new Keystream(new Uint8Array(32).fill(++key))),
    );
    expect(found.looked).toBeGreaterThan(10_000);
    expect(Math.abs(found.zero - found.one)).toBeLessThan(5 * Math.sqrt(0.5 / found.looked));
  });

  it('nor does any other look at the bits: both sums reach the same numbers, each residue of 2 to 256 alike often', () => {
    const scale = noiseScale({ clipNorm: 1, noiseMultiplier: 1, dimension: 100 });
    const indexes = [0, 1].map((sum) => {
      const key = new Keystream(new Uint8Array(32).fill(40 + sum));
      const released = gridNoise(new Float64Array(COUNT / 2).fill(sum), scale, () => key);
      const rounded = released.map((value) => Math.round(value / scale.grid));
      expect(rounded.every((index, i) => index * scale.grid === released[i])).toBe(true);
      return rounded;
    });
    for (const modulus of [2, 3, 16, 256]) {
      for (const list of indexes) {
        const observed = new Float64Array(modulus);
        for (const index of list) observed[((index % modulus) + modulus) % modulus]! += 1;
        const { statistic, limit } = chiSquare(
          observed,
          observed.map(() => list.length / modulus),
        );
        expect(statistic).toBeLessThan(limit);
      }
    }
  });
});
