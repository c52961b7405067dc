import { describe, expect, it } from 'vitest';
import { createPlan } from '../plan/create-plan.ts';
import { calibrateSearch, type UnpricedPlan } from './calibrate-search.ts';
import { createSearch } from './create-search.ts';

const plan: UnpricedPlan = {
  ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 1, samplingRate: 1, steps: 100, deltaExponent: 5 },
};
const geometric = { kind: 'negative-binomial', shape: 1, mean: 10 } as const;

describe('calibrateSearch', () => {
  it.each([geometric, { kind: 'poisson', mean: 10 } as const])('meets epsilon from below, and barely (%o)', (runs) => {
    const search = calibrateSearch({ plans: [plan], runs, epsilon: 3, isScored: false });
    expect(search.epsilon).toBeLessThanOrEqual(3);
    expect(search.epsilon).toBeGreaterThan(2.99);
    expect(search).toMatchObject({ runs, delta: 1e-5, scoreNoise: undefined });
    const { noiseMultiplier } = search.plans[0]!;
    const louder = createPlan({ ...plan, noiseMultiplier: noiseMultiplier * 0.99 }).toJSON();
    expect(createSearch([louder], runs).epsilon).toBeGreaterThan(3);
    // One run alone would need about half.
    const { noiseMultiplier: alone } = createPlan({ ...plan, epsilon: 3 });
    expect(noiseMultiplier / alone).toBeGreaterThan(1.5);
    expect(noiseMultiplier / alone).toBeLessThan(2.5);
  });

  it('gives plans of other steps and rates, and scores, about the same loss each', () => {
    const plans = [plan, { ...plan, steps: 25 }, { ...plan, samplingRate: 0.1 }, { ...plan, clipNorm: 7 }];
    const search = calibrateSearch({ plans, runs: geometric, epsilon: 3, isScored: true });
    expect(search.epsilon).toBeLessThanOrEqual(3);
    const [first, shorter, sampled, clipped] = search.plans;
    expect(first!.noiseMultiplier / shorter!.noiseMultiplier).toBeCloseTo(2, 2);
    expect(first!.noiseMultiplier / search.scoreNoise!).toBeCloseTo(10, 1);
    expect(clipped).toEqual({ ...first, clipNorm: 7 });
    expect(sampled!.noiseMultiplier).toBeLessThan(first!.noiseMultiplier / 5);
    expect(sampled!.epsilon / first!.epsilon).toBeCloseTo(1, 1);
  });

  it('is one plan at its own epsilon where there is exactly one run', () => {
    const runs = { kind: 'negative-binomial', shape: 0, mean: 1 } as const;
    const search = calibrateSearch({ plans: [{ ...plan, accountant: 'rdp' }], runs, epsilon: 3, isScored: false });
    const { noiseMultiplier } = createPlan({ ...plan, accountant: 'rdp', epsilon: 3 });
    expect(search.plans[0]!.noiseMultiplier / noiseMultiplier).toBeCloseTo(1, 3);
  });

  it('refuses a search over nothing, and one that no noise pays for', () => {
    expect(() => calibrateSearch({ plans: [], runs: geometric, epsilon: 3, isScored: false })).toThrow(
      expect.objectContaining({ code: 'privacy.badPlan' }),
    );
    expect(() => calibrateSearch({ plans: [plan], runs: geometric, epsilon: 1e-9, isScored: false })).toThrow(
      expect.objectContaining({ code: 'privacy.unreachable' }),
    );
  });
});
