import { describe, expect, it } from 'vitest';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { ledgerCharge } from '../ledger/ledger-charge.ts';
import { createPlan } from './create-plan.ts';
import type { PrivacyPlanOptions } from './privacy-plan-json.ts';

const options: PrivacyPlanOptions = {
  adjacency: 'add-or-remove-one',
  unit: 'row',
  clipNorm: 1,
  samplingRate: 0.5,
  steps: 100,
  deltaExponent: 5,
  epsilon: 1,
};

describe('createPlan', () => {
  it('finds the noise of WDBC at epsilon 1: 18.75 in the literature, by PLD', () => {
    const plan = createPlan(options);
    expect(plan.noiseMultiplier).toBeCloseTo(18.7489, 3);
    expect(plan.epsilon).toBe(1);
    expect(plan.delta).toBe(1e-5);
    expect(plan.accountant).toBe('pld');
    const epsilon = epsilonOf({ ...plan.mechanism, delta: 1e-5, accountant: 'pld' });
    expect(epsilon).toBeLessThanOrEqual(1);
    expect(epsilon).toBeGreaterThan(0.999);
  });

  it('finds epsilon from the noise, rounded up', () => {
    const { epsilon: _, ...rest } = options;
    const plan = createPlan({ ...rest, noiseMultiplier: 18.75 });
    const computed = epsilonOf({ ...plan.mechanism, delta: 1e-5, accountant: 'pld' });
    expect(plan.epsilon).toBeGreaterThanOrEqual(computed);
    expect(plan.epsilon - computed).toBeLessThan(1e-6);
  });

  it('needs more noise under replace-one', () => {
    expect(createPlan({ ...options, adjacency: 'replace-one' }).noiseMultiplier).toBeGreaterThan(35);
  });

  it('comes back from its JSON', () => {
    const plan = createPlan(options);
    const json = JSON.parse(JSON.stringify(plan)) as PrivacyPlanOptions;
    expect(json).toEqual({ ...options, noiseMultiplier: plan.noiseMultiplier, accountant: 'pld' });
    expect(createPlan(json).toJSON()).toEqual(json);
  });

  it('can not be changed', () => {
    const plan = createPlan(options) as { steps: number };
    expect(() => (plan.steps = 1)).toThrow(TypeError);
  });

  it('refuses a plan that claims less epsilon than its noise gives', () => {
    expect(() => createPlan({ ...options, noiseMultiplier: 10 })).toThrow(
      expect.objectContaining({ code: 'privacy.badPlan' }),
    );
    expect(() => createPlan({ ...options, noiseMultiplier: 18.74 })).toThrow(
      expect.objectContaining({ code: 'privacy.badPlan' }),
    );
  });

  it('keeps a claim above what the noise gives', () => {
    expect(createPlan({ ...options, noiseMultiplier: 40 }).epsilon).toBe(1);
  });

  it('refuses unknown fields and a plan without epsilon and noise', () => {
    const { epsilon: _, ...rest } = options;
    expect(() => createPlan({ ...options, batchSize: 3 } as PrivacyPlanOptions)).toThrow(
      expect.objectContaining({ code: 'privacy.badPlan' }),
    );
    expect(() => createPlan(rest)).toThrow(expect.objectContaining({ code: 'privacy.badPlan' }));
  });

  it.each([
    { samplingRate: 0 },
    { samplingRate: 1.5 },
    { steps: 99.5 },
    { steps: -1 },
    { clipNorm: 0 },
    { clipNorm: Number.NaN },
    { deltaExponent: 0 },
    { deltaExponent: 2.5 },
    { epsilon: -1 },
    { epsilon: Number.NaN },
    { noiseMultiplier: Number.NaN },
    { noiseMultiplier: -2 },
    { unit: 'patient' as 'unit' },
    { adjacency: 'zero-out' as 'replace-one' },
    { accountant: 'gdp' as 'rdp' },
  ])('refuses %o', (bad) => {
    expect(() => createPlan({ ...options, ...bad })).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });

  it('says when no noise reaches epsilon', () => {
    expect(() =>
      createPlan({ ...options, steps: 1_000_000, samplingRate: 1, epsilon: 1e-4, deltaExponent: 9 }),
    ).toThrow(expect.objectContaining({ code: 'privacy.unreachable' }));
  });

  it('charges the ledger what its mechanism costs', () => {
    const plan = createPlan(options);
    expect(plan.charge).toEqual(ledgerCharge(plan.mechanism));
  });

  it('rises in epsilon over the steps and ends at its own', () => {
    const plan = createPlan(options);
    const path = [0, 1, 10, 50, 99, 100].map((steps) => plan.epsilonAfter(steps));
    expect(path[0]).toBe(0);
    expect(path.at(-1)).toBe(1);
    for (let i = 1; i < path.length; i++) expect(path[i]!).toBeGreaterThanOrEqual(path[i - 1]!);
    const truth = epsilonOf({ ...plan.mechanism, steps: 50, delta: 1e-5, accountant: 'pld' });
    expect(plan.epsilonAfter(49)).toBeGreaterThanOrEqual(truth * 0.99);
    expect(plan.epsilonAfter(50)).toBeGreaterThanOrEqual(truth);
  });

  it('describes itself in full sentences', () => {
    expect(createPlan(options).describe()).toBe(
      [
        'Adding or removing one row changes the probability of any outcome by a factor of at most e^1 = 2.72, except with probability 1e-5.',
        'That is epsilon 1 at delta 1e-5 under add-or-remove-one, accounted by its privacy-loss distribution.',
        'There are 100 steps; in each, every row takes part with probability 0.5, independently of all others.',
        'A step in which nobody takes part is a step of noise like any other.',
        'The gradient of one row is clipped to norm 1, and the sum gets discrete Gaussian noise of standard deviation 18.75 times that.',
        'The number of rows is protected too and must not be published exactly.',
        'Trying several settings on the same data is not counted here: each try costs again.',
      ].join('\n'),
    );
    const units = createPlan({ ...options, unit: 'unit', adjacency: 'replace-one', epsilon: 12, accountant: 'rdp' });
    expect(units.describe()).toContain('Exchanging one unit (all rows of one value of the unit column) for any other');
    expect(units.describe()).toContain('gives one of its rows');
    expect(units.describe()).toContain('weak promise');
  });
});
