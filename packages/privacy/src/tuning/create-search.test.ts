import { describe, expect, it } from 'vitest';
import { unpackLanes } from '../ledger/unpack-lanes.ts';
import { createPlan } from '../plan/create-plan.ts';
import type { PrivacyPlanOptions } from '../plan/privacy-plan-json.ts';
import { createSearch } from './create-search.ts';

const planOf = (options: Partial<PrivacyPlanOptions> = {}) =>
  createPlan({
    adjacency: 'add-or-remove-one',
    unit: 'row',
    clipNorm: 1,
    samplingRate: 1,
    steps: 10,
    deltaExponent: 5,
    noiseMultiplier: 40,
    ...options,
  }).toJSON();
const runs = { kind: 'negative-binomial', shape: 1, mean: 5 } as const;
const root = new Uint8Array(32).fill(8);

describe('createSearch', () => {
  it('costs more than its costliest plan, and less than five of them', () => {
    const search = createSearch([planOf(), planOf({ noiseMultiplier: 60 })], runs);
    expect(search.epsilon).toBeGreaterThan(planOf().epsilon);
    expect(search.epsilon).toBeLessThan(planOf({ steps: 50 }).epsilon);
    expect(search.delta).toBe(1e-5);
    const [charged, single] = [search.charge, createPlan(planOf()).charge].map(unpackLanes);
    charged!.forEach((lane, i) => expect(lane).toBeGreaterThan(single![i]!));
  });

  it('draws the same list from one root, others from others, and every plan', () => {
    const search = createSearch([planOf(), planOf({ noiseMultiplier: 60 }), planOf({ steps: 5 })], runs);
    expect(search.draw(root)).toEqual(search.draw(root));
    const lists = Array.from({ length: 300 }, (_, i) =>
      search.draw(new Uint8Array(32).fill(i % 256).fill(i >> 8, 0, 4)),
    );
    const counts = lists.map(({ length }) => length);
    expect(counts.reduce((a, b) => a + b, 0) / 300).toBeGreaterThan(3.5);
    expect(counts.reduce((a, b) => a + b, 0) / 300).toBeLessThan(6.5);
    const taken = [0, 1, 2].map((plan) => lists.reduce((sum, list) => sum + list.filter((x) => x === plan).length, 0));
    for (const count of taken) expect(count / taken.reduce((a, b) => a + b)).toBeCloseTo(1 / 3, 1);
  });

  it.each([
    ['none', []],
    ['plans of two adjacencies', [planOf(), planOf({ adjacency: 'replace-one' })]],
    ['plans of two deltas', [planOf(), planOf({ deltaExponent: 6 })]],
    ['plans of two units', [planOf(), planOf({ unit: 'unit' })]],
  ])('refuses %s', (_, plans) => {
    expect(() => createSearch(plans, runs)).toThrow(expect.objectContaining({ code: 'privacy.badPlan' }));
  });

  it('with scores on held-out units costs what is dearer, the training or the score', () => {
    const plain = createSearch([planOf()], runs);
    // Ten steps of noise 40 are one of 40/√10 = 12.65.
    expect(createSearch([planOf()], runs, 12.7).epsilon).toBeCloseTo(plain.epsilon, 6);
    const dear = createSearch([planOf()], runs, 4);
    expect(dear.epsilon).toBeCloseTo(createSearch([planOf({ steps: 1, noiseMultiplier: 4 })], runs).epsilon, 6);
    unpackLanes(dear.charge).forEach((lane, i) => expect(lane).toBeGreaterThan(unpackLanes(plain.charge)[i]!));
  });

  it('noises a score by its run and its sum, on a grid, by as much as was priced', () => {
    const search = createSearch([planOf()], runs, 4);
    expect(search.noisedScore(root, 3, 80)).toBe(search.noisedScore(root, 3, 80));
    const off = Array.from({ length: 2000 }, (_, run) => search.noisedScore(root, run, 80) - 80);
    expect(new Set(off).size).toBeGreaterThan(1900);
    const mean = off.reduce((a, b) => a + b) / off.length;
    expect(Math.abs(mean)).toBeLessThan(0.4);
    expect(Math.sqrt(off.reduce((sum, x) => sum + (x - mean) ** 2, 0) / off.length)).toBeCloseTo(4, 0);
    // Neighbouring sums have noise of their own: under one noise their difference would show.
    expect(search.noisedScore(root, 3, 81) - search.noisedScore(root, 3, 80)).not.toBeCloseTo(1, 2);
    expect(() => createSearch([planOf()], runs).noisedScore(root, 0, 1)).toThrow(
      expect.objectContaining({ code: 'privacy.badPlan' }),
    );
  });
});
