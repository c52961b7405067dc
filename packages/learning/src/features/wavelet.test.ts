import { describe, expect, test } from 'vitest';
import { gaussian, morlet } from './wavelet.ts';

const at = ({ values, side }: { values: Float32Array; side: number }, x: number, y: number) =>
  values[(y + (side - 1) / 2) * side + x + (side - 1) / 2]!;

describe('morlet', () => {
  const options = { sigma: 1.6, frequency: (3 * Math.PI) / 8, angle: Math.PI / 4, slant: 0.5, side: 17 };

  test('sums to nothing, so that a plain surface has no coefficients', () => {
    for (const angle of [0, 0.3, Math.PI / 2]) {
      const { real, imaginary } = morlet({ ...options, angle });
      for (const { values } of [real, imaginary])
        expect(Math.abs(values.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-6);
    }
  });

  test('has the values of its formula', () => {
    // At (1, 0): along = across·(−1) = 1/√2. Envelope: exp(−(1/2 + 1/8) / (2·2.56)) · 0.5 / (2π·2.56).
    const envelope = (Math.exp(-0.625 / 5.12) * 0.5) / (2 * Math.PI * 2.56);
    const phase = ((3 * Math.PI) / 8) * Math.SQRT1_2;
    const { real, imaginary } = morlet(options);
    expect(at(imaginary, 1, 0)).toBeCloseTo(envelope * Math.sin(phase), 6);
    // What is taken off for the sum is e^(−σ²ξ²/2) of the envelope, as the integral says, to what the cut at the radius leaves.
    const share = Math.exp(-(((1.6 * 3 * Math.PI) / 8) ** 2) / 2);
    expect(at(real, 1, 0)).toBeCloseTo(envelope * (Math.cos(phase) - share), 4);
  });

  test('a quarter turn turns the filter', () => {
    const one = morlet({ ...options, angle: 0 });
    const other = morlet({ ...options, angle: Math.PI / 2 });
    for (const [x, y] of [
      [3, -2],
      [0, 5],
      [8, 8],
    ] as const) {
      expect(at(other.imaginary, -y, x)).toBeCloseTo(at(one.imaginary, x, y), 7);
    }
  });
});

test('gaussian is a mean of what is near', () => {
  const filter = gaussian(1, 7);
  expect(filter.values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
  expect(at(filter, 1, 1) / at(filter, 0, 0)).toBeCloseTo(Math.exp(-1), 5);
  expect(at(filter, -2, 0)).toBe(at(filter, 0, 2));
});

test('the middle of an even filter lies between its entries', () => {
  const filter = gaussian(1, 4);
  expect(at(filter, 1.5, 0.5) / at(filter, 0.5, 0.5)).toBeCloseTo(Math.exp(-1), 5);
  expect(filter.values[0]).toBe(filter.values[15]);
});
