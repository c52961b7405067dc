import { describe, expect, it } from 'vitest';
import { GAUSSIAN_SIGMAS } from './discrete-gaussian.ts';
import { float32SumError } from './float32-sum-error.ts';
import { gridNoise } from './grid-noise.ts';
import { Keystream } from './keystream.ts';
import { noiseScale } from './noise-scale.ts';

const key = (byte: number) => () => new Keystream(new Uint8Array(32).fill(byte));

describe('noiseScale', () => {
  it('keeps the rounding of d coordinates below a 2048th of C, and the noise at σ times the larger sensitivity', () => {
    for (const dimension of [1, 31, 26_010, 1_000_000, 100_000_000]) {
      for (const noiseMultiplier of [0.5, 1, 19]) {
        const clipNorm = 0.7;
        const { grid, stages, sensitivity, deviation } = noiseScale({ clipNorm, noiseMultiplier, dimension });
        expect(grid * Math.sqrt(dimension)).toBeLessThan(clipNorm / 2048);
        expect(sensitivity).toBe(clipNorm * (1 + 2 ** -10));
        expect(deviation).toBe(noiseMultiplier * sensitivity);
        expect(GAUSSIAN_SIGMAS[stages - 1]! * grid).toBeCloseTo(deviation, 12);
        // Less than 0.1 % more noise than sigma·C.
        expect(deviation / (noiseMultiplier * clipNorm)).toBeLessThan(1.001);
      }
    }
  });

  it('covers the worst case of float32 addition when asked', () => {
    const options = { clipNorm: 1, noiseMultiplier: 1, dimension: 1000 };
    const summation = { expectedBatch: 256, microBatch: 32 };
    const more = noiseScale({ ...options, summation }).sensitivity - noiseScale(options).sensitivity;
    expect(more).toBeCloseTo(float32SumError(summation), 14);
    // 2·(256 + 160 + 50)·32·2⁻²⁴
    expect(more).toBeCloseTo(0.0017776, 6);
  });

  it('refuses what its grids do not reach', () => {
    expect(() => noiseScale({ clipNorm: 1, noiseMultiplier: 1e6, dimension: 1e12 })).toThrow(
      expect.objectContaining({ code: 'privacy.badParameter' }),
    );
  });
});

describe('float32SumError', () => {
  it('bounds the error of adding 4096 float32 rows in calls of 64, in one dimension of worst sign', () => {
    const [rows, call] = [4096, 64];
    let exact = 0;
    let total = 0;
    for (let from = 0; from < rows; from += call) {
      let sum = 0;
      for (let i = 0; i < call; i++) {
        const value = Math.fround(1 / 3);
        exact += value;
        sum = Math.fround(sum + value);
      }
      total += sum;
    }
    const worst = float32SumError({ expectedBatch: rows, microBatch: call }) / 2;
    expect(Math.abs(total - exact)).toBeLessThan(worst / 3);
    expect(Math.abs(total - exact)).toBeGreaterThan(0);
  });
});

describe('gridNoise', () => {
  const scale = noiseScale({ clipNorm: 1, noiseMultiplier: 2, dimension: 100_000 });

  it('releases multiples of the grid', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 40);
    for (const value of gridNoise(values, scale, key(1))) {
      expect(value).toBe(Math.round(value / scale.grid) * scale.grid);
    }
  });

  it('has the mean of its values and the standard deviation of the scale', () => {
    const values = new Float64Array(200_000).fill(3.25);
    const noised = gridNoise(values, scale, key(2));
    const mean = noised.reduce((a, b) => a + b, 0) / values.length;
    const variance = noised.reduce((a, b) => a + (b - 3.25) ** 2, 0) / values.length;
    expect(Math.abs(mean - 3.25)).toBeLessThan((5 * scale.deviation) / Math.sqrt(values.length));
    expect(Math.abs(variance / scale.deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
  });

  it('adds the same noise whatever the values: two neighbours differ by their rounded sums only', () => {
    const a = Float32Array.from({ length: 500 }, (_, i) => Math.cos(i));
    const b = a.map((value, i) => value + (i === 7 ? 1 : 0));
    const [x, y] = [gridNoise(a, scale, key(3)), gridNoise(b, scale, key(3))];
    const apart = Math.hypot(...x.map((value, i) => value - y[i]!));
    expect(apart).toBeLessThanOrEqual(scale.sensitivity);
    expect(apart).toBeCloseTo(1, 4);
  });

  it('holds a sum beyond its range at the end of it: refusing would tell, without noise, that the sum is so large', () => {
    const [beyond, end] = [1e300, 2 ** 51 * scale.grid];
    for (const sign of [1, -1]) {
      const held = gridNoise(Float64Array.of(sign * beyond), scale, key(5))[0]!;
      expect(held).toBe(gridNoise(Float64Array.of(sign * end), scale, key(5))[0]);
      expect(Math.abs(held - sign * end)).toBeLessThan(10 * scale.deviation);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %d', (bad) => {
    expect(() => gridNoise(Float64Array.of(0, bad), scale, key(4))).toThrow(
      expect.objectContaining({ code: 'privacy.notFinite' }),
    );
  });
});
