import { describe, expect, it } from 'vitest';
import { binomialTails } from './binomial-tails.ts';
import { normalQuantile } from './normal-quantile.ts';

describe('binomialTails', () => {
  it('of three draws at one quarter: 1, 37/64, 10/64, 1/64, 0', () => {
    expect([...binomialTails(3, 0.25)].map((tail) => tail * 64)).toEqual([64, 37, 10, 1, 0]);
  });

  it('keeps its relative accuracy far into both tails, and for many draws', () => {
    expect(binomialTails(1000, 0.001)[40]! / 2.1788007941760666e-49).toBeCloseTo(1, 11);
    const tails = binomialTails(20_000, 0.5);
    // Symmetric: P(X ≥ 10,001) and P(X ≤ 9,999) are equal, so that P(X ≥ 10,000) + P(X ≥ 10,001) = 1.
    expect(tails[10_000]! + tails[10_001]!).toBeCloseTo(1, 12);
    expect(binomialTails(50, 1 - 2 ** -40)[50]).toBeCloseTo((1 - 2 ** -40) ** 50, 14);
  });
});

describe('normalQuantile', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.05, -1.6448536269514722],
    [1e-5, -4.264890793922602],
    [1e-300, -37.0471],
  ])('of %d', (p, x) => {
    expect(normalQuantile(p)).toBeCloseTo(x, p < 1e-100 ? 4 : 12);
  });
});
