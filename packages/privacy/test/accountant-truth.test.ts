import { describe, expect, it } from 'vitest';
import { deltaOf } from '../src/epsilon/delta-of.ts';
import { epsilonBounds } from '../src/epsilon/epsilon-bounds.ts';
import { epsilonOf } from '../src/epsilon/epsilon-of.ts';
import { contourDelta } from './contour-delta.ts';

describe('against a contour integral, which shares no method with the accountant', () => {
  it.each([
    { sigma: 3, q: 0.001, steps: 100, delta: 1e-6, line: 300 },
    { sigma: 18.75, q: 0.5, steps: 100, delta: 1e-5, line: 18 },
    { sigma: 2, q: 0.05, steps: 1000, delta: 1e-6, line: 7 },
    { sigma: 3, q: 0.001, steps: 50_000, delta: 1e-6, line: 70 },
    { sigma: 1.1, q: 0.3, steps: 40, delta: 1e-12, line: 1.3 },
    { sigma: 5, q: 0.9, steps: 10, delta: 1e-3, line: 8 },
  ])('sigma $sigma, q $q, $steps steps: delta at the reported epsilon is delta or a little less', (run) => {
    const epsilon = epsilonOf({ ...run, adjacency: 'add-or-remove-one', accountant: 'pld' });
    const delta = contourDelta({ ...run, epsilon });
    // The line may lie anywhere: the integral tells by itself that it has converged.
    expect(contourDelta({ ...run, epsilon, line: run.line * 0.7 }) / delta).toBeCloseTo(1, 6);
    expect(delta).toBeLessThanOrEqual(run.delta * (1 + 1e-7));
    // Epsilon at most 0.002 or 0.3 % above the truth, whichever is less.
    const truthBelow = Math.max(epsilon - 0.002, epsilon * 0.997);
    expect(contourDelta({ ...run, epsilon: truthBelow })).toBeGreaterThan(run.delta);
  });
});

describe('the bracket of a pessimistic and an optimistic run', () => {
  it.each([
    [0.8, 0.001, 1000, 6, 'add-or-remove-one'],
    [0.7, 0.004, 11_250, 5, 'replace-one'],
    [0.5, 0.01, 300, 5, 'add-or-remove-one'],
    [1, 0.2, 2, 5, 'add-or-remove-one'],
    [1, 0.9, 3, 7, 'replace-one'],
    [1.5, 0.05, 20_000, 6, 'add-or-remove-one'],
    [2, 0.001, 50_000, 6, 'replace-one'],
    [3, 0.001, 50_000, 6, 'add-or-remove-one'],
    [5, 0.5, 30, 3, 'add-or-remove-one'],
    [7, 0.3, 300, 9, 'replace-one'],
    [18.75, 0.5, 100, 5, 'add-or-remove-one'],
    [20, 0.01, 50, 8, 'add-or-remove-one'],
  ] as const)(
    'sigma %d, q %d, %d steps, delta 1e-%d, %s: at most 0.002 wide',
    (sigma, q, steps, exponent, adjacency) => {
      const { lower, upper } = epsilonBounds({ sigma, q, steps, delta: 10 ** -exponent, adjacency });
      expect(upper).toBeGreaterThanOrEqual(lower);
      expect(upper - lower).toBeLessThanOrEqual(Math.min(0.002, 0.02 * upper));
    },
  );

  it('takes less than two seconds of processor time at 50,000 steps', () => {
    const run = { sigma: 1.5, q: 0.05, steps: 50_000, delta: 1e-6, adjacency: 'add-or-remove-one' } as const;
    const start = process.cpuUsage();
    epsilonOf({ ...run, accountant: 'pld' });
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(2);
  });
});

describe('epsilon and delta', () => {
  const run = { sigma: 1.3, q: 0.02, steps: 500, adjacency: 'add-or-remove-one' } as const;

  it('are inverse to each other', () => {
    for (const delta of [1e-3, 1e-6, 1e-12]) {
      const epsilon = epsilonOf({ ...run, delta, accountant: 'pld' });
      const back = deltaOf({ ...run, epsilon, accountant: 'pld' });
      expect(back / delta).toBeGreaterThan(0.98);
      expect(back / delta).toBeLessThan(1.02);
    }
  });

  it('are never above what Rényi divergence proves', () => {
    for (const adjacency of ['add-or-remove-one', 'replace-one'] as const) {
      for (const delta of [1e-2, 1e-5, 1e-10]) {
        const by = (accountant: 'pld' | 'rdp') => epsilonOf({ ...run, adjacency, delta, accountant });
        expect(by('pld')).toBeLessThan(by('rdp'));
        expect(by('pld')).toBeGreaterThan(0.5 * by('rdp'));
      }
    }
  });

  it('are larger under replace-one, nearly double', () => {
    const epsilon = (adjacency: 'add-or-remove-one' | 'replace-one') =>
      epsilonOf({ ...run, adjacency, delta: 1e-5, accountant: 'pld' });
    expect(epsilon('replace-one') / epsilon('add-or-remove-one')).toBeGreaterThan(1.6);
    expect(epsilon('replace-one') / epsilon('add-or-remove-one')).toBeLessThan(2.2);
  });

  it('agree between closed form and composition for one step', () => {
    const closed = epsilonOf({
      sigma: 2,
      q: 0.3,
      steps: 1,
      delta: 1e-8,
      adjacency: 'add-or-remove-one',
      accountant: 'pld',
    });
    expect(closed).toBeCloseTo(1.5525293310392954, 10);
  });

  it('are 0 and a total variation at the ends', () => {
    expect(epsilonOf({ ...run, sigma: 100, steps: 1, delta: 0.5, accountant: 'pld' })).toBe(0);
    // Total variation of N(0,1) and N(1,1): 2Φ(1/2) − 1.
    expect(
      deltaOf({ sigma: 1, q: 1, steps: 1, epsilon: 0, adjacency: 'add-or-remove-one', accountant: 'pld' }),
    ).toBeCloseTo(0.3829249225480262, 11);
  });

  it.each([
    { sigma: -1 },
    { sigma: 0 },
    { sigma: Number.NaN },
    { q: 0 },
    { q: 1.01 },
    { q: Number.NaN },
    { steps: 2.5 },
    { steps: 0 },
    { steps: Number.POSITIVE_INFINITY },
    { delta: 0 },
    { delta: 1 },
    { delta: -1e-5 },
    { delta: Number.NaN },
    { adjacency: 'zero-out' as 'replace-one' },
    { accountant: 'gdp' as 'rdp' },
  ])('refuse %o', (bad) => {
    expect(() => epsilonOf({ ...run, delta: 1e-5, accountant: 'pld', ...bad })).toThrow(
      expect.objectContaining({ code: 'privacy.badParameter' }),
    );
  });

  it.each([{ epsilon: -1 }, { epsilon: Number.NaN }, { epsilon: Number.POSITIVE_INFINITY }])('refuse %o', (bad) => {
    expect(() => deltaOf({ ...run, accountant: 'pld', ...bad })).toThrow(
      expect.objectContaining({ code: 'privacy.badParameter' }),
    );
  });
});
