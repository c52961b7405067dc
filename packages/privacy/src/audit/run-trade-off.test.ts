import { describe, expect, it } from 'vitest';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { goldenValues, type GoldenValue } from '../../test/golden-values.ts';
import { mostTruePositives } from './most-true-positives.ts';
import { runTradeOff } from './run-trade-off.ts';
import { gaussianTradeOff, tradeOffOfCurve } from './trade-off.ts';

const relation = 'add-or-remove-one' as const;

describe('mostTruePositives', () => {
  const rows = goldenValues.filter(({ quantity }) => quantity.startsWith('tpr_at_fpr'));
  it.each(rows.map((row) => [row.id, row as GoldenValue & { fpr?: number }] as const))('%s', (_, row) => {
    const falsePositiveRate = row.fpr ?? 0.1;
    const { sigma, q, steps } = row;
    const rate = mostTruePositives({ sigma, q, steps, adjacency: relation, falsePositiveRate });
    expect(Math.abs(rate / row.expected - 1)).toBeLessThan(1e-3);
  });

  it('of a sampled run is between that of its mechanism alone once and all rows in every step', () => {
    const run = { sigma: 2, steps: 50, adjacency: relation, falsePositiveRate: 0.001 } as const;
    const sampled = mostTruePositives({ ...run, q: 0.1 });
    expect(sampled).toBeGreaterThan(0.001);
    expect(sampled).toBeLessThan(mostTruePositives({ ...run, q: 1 }) / 10);
  });

  it.each([0, 1, Number.NaN])('refuses a rate of %d', (falsePositiveRate) => {
    expect(() => mostTruePositives({ sigma: 1, q: 1, steps: 1, adjacency: relation, falsePositiveRate })).toThrow(
      expect.objectContaining({ code: 'privacy.badParameter' }),
    );
  });
});

describe('trade-offs', () => {
  it('of a Gaussian: 1 at 0, 0 at 1, its own inverse', () => {
    const f = gaussianTradeOff(1.3);
    expect([f(0), f(1)]).toEqual([1, 0]);
    for (const alpha of [1e-9, 0.01, 0.3, 0.8]) expect(f(f(alpha))).toBeCloseTo(alpha, 9);
    // Φ(Φ⁻¹(0.95) − 1) with shift 1: 0.7405.
    expect(gaussianTradeOff(1)(0.05)).toBeCloseTo(0.740489, 5);
  });

  it('of points of the curve lie below the Gaussian that they come from, and near it', () => {
    const run = { sigma: 1, q: 1, steps: 1, adjacency: relation } as const;
    const points = [0.38, 0.3, 0.2, 0.1, 1e-2, 1e-3, 1e-5].map((delta) => ({
      delta,
      epsilon: epsilonOf({ ...run, delta, accountant: 'pld' }),
    }));
    const [coarse, exact] = [tradeOffOfCurve(points), runTradeOff(run)];
    for (const alpha of [1e-4, 0.01, 0.1, 0.3, 0.7]) {
      expect(coarse(alpha)).toBeLessThanOrEqual(exact(alpha));
      expect(coarse(alpha)).toBeGreaterThan(exact(alpha) - 0.03);
    }
  });

  it('of a sampled run promise more than the same run on all rows', () => {
    const run = { sigma: 2, steps: 20, adjacency: relation } as const;
    const [sampled, full] = [runTradeOff({ ...run, q: 0.1 }), runTradeOff({ ...run, q: 1 })];
    for (const alpha of [0.001, 0.05, 0.5]) expect(sampled(alpha)).toBeGreaterThan(full(alpha));
  });

  it('double the shift under replace-one', () => {
    const of = (adjacency: 'replace-one' | typeof relation) =>
      runTradeOff({ sigma: 4, q: 1, steps: 4, adjacency })(0.1);
    expect(of('replace-one')).toBeCloseTo(gaussianTradeOff(1)(0.1), 12);
    expect(of(relation)).toBeCloseTo(gaussianTradeOff(0.5)(0.1), 12);
  });
});
