import { describe, expect, it } from 'vitest';
import { createPlan } from './create-plan.ts';
import { clippingNoise } from './clipping-noise.ts';
import { nextClipNorm } from './next-clip-norm.ts';

const clipping = { kind: 'adaptive', quantile: 0.5, rate: 0.2, share: 0.02 } as const;
const settings = {
  adjacency: 'add-or-remove-one',
  unit: 'row',
  clipNorm: 0.5,
  samplingRate: 0.5,
  steps: 200,
  deltaExponent: 5,
  noiseMultiplier: 2,
} as const;
const plan = createPlan({ ...settings, clipping });
const root = new Uint8Array(32).fill(9);
const summation = { expectedBatch: 100, microBatch: 10 };
const options = { root, units: Array.from({ length: 200 }, (_, i) => [i]), parameters: [{ name: 'w', length: 4 }] };
const begin = (more = {}) => plan.begin({ ...options, summation, ...more });
const zeros = new Float64Array(4);
const badPlan = (code: string) => expect.objectContaining({ code });

describe('the noise of an adaptive plan', () => {
  it('is split so that sum and count together are one query of the plan’s multiplier', () => {
    // √(1 / 0.98) and √(1 / 0.02), by hand.
    expect(clippingNoise({ noiseMultiplier: 1, clipping }).gradient).toBeCloseTo(1.0101525, 6);
    expect(clippingNoise({ noiseMultiplier: 1, clipping }).count).toBeCloseTo(7.0710678, 6);
    expect(clippingNoise({ noiseMultiplier: 3 })).toEqual({ gradient: 3, count: null });
    expect(clippingNoise({ noiseMultiplier: 3, clipping: { kind: 'per-layer' } })).toEqual({
      gradient: 3,
      count: null,
    });
  });

  it('is what the accountants take: as much loss as a flat plan, for more noise on the sums', () => {
    const flat = createPlan(settings);
    expect(plan.mechanism).toEqual(flat.mechanism);
    expect(plan.charge).toEqual(flat.charge);
    const [adaptiveRun, flatRun] = [begin(), flat.begin({ ...options, summation })];
    expect(adaptiveRun.scale.deviation / flatRun.scale.deviation).toBeCloseTo(1.0101525, 6);
  });

  it('has the deviation that it says, for counts too', () => {
    const run = begin();
    const counts: number[] = [];
    for (let step = 0; step < 200; step++) {
      run.draw(step);
      run.noise(step, 'w', zeros);
      counts.push(run.noiseCount(step, 7) - 7);
    }
    // 2·√50 = 14.142; the sample deviation of 200 draws is within a fifth of it but for one in 10,000.
    const deviation = Math.sqrt(counts.reduce((sum, value) => sum + value * value, 0) / counts.length);
    expect(deviation / 14.142).toBeGreaterThan(0.8);
    expect(deviation / 14.142).toBeLessThan(1.2);
    expect(new Set(counts).size).toBeGreaterThan(190);
  });
});

describe('an adaptive run', () => {
  it('changes the norm after the step, when sum and count have their noise, whichever comes first', () => {
    for (const countFirst of [true, false]) {
      const run = begin();
      run.draw(0);
      if (countFirst) run.noiseCount(0, -100);
      expect(run.clipNorm).toBe(0.5);
      const { deviation } = run.scale;
      run.noise(0, 'w', zeros);
      if (!countFirst) run.noiseCount(0, -100);
      // Nearly all gradients are long: the norm grows by a factor of at most e^(0.2·0.5).
      expect(run.clipNorm).toBeGreaterThan(0.5);
      expect(run.clipNorm).toBeLessThanOrEqual(0.5 * Math.exp(0.1) + 1e-6);
      expect(run.scale.deviation / deviation).toBeCloseTo(run.clipNorm / 0.5, 9);
    }
  });

  it('goes on from a checkpoint with the norm that it had', () => {
    const whole = begin();
    whole.draw(0);
    whole.noise(0, 'w', zeros);
    whole.noiseCount(0, 3);
    const resumed = begin({ fromStep: 1, clipNorm: whole.clipNorm });
    for (const run of [whole, resumed]) run.draw(1);
    expect(resumed.noise(1, 'w', zeros)).toEqual(whole.noise(1, 'w', zeros));
    expect(resumed.noiseCount(1, 3)).toBe(whole.noiseCount(1, 3));
    expect(resumed.clipNorm).toBe(whole.clipNorm);
  });

  it('has other noise for the same grid points at another norm', () => {
    const noiseAt = (clipNorm: number) => {
      const run = begin({ fromStep: 1, clipNorm });
      run.draw(1);
      return [...run.noise(1, 'w', zeros)].map((value) => Math.round(value / run.scale.grid));
    };
    expect(noiseAt(0.25)).not.toEqual(noiseAt(0.5));
  });

  it('needs its expected batch, and a norm that can be', () => {
    const bad = badPlan('privacy.badParameter');
    expect(() => plan.begin(options)).toThrow(bad);
    expect(() => begin({ clipNorm: 0 })).toThrow(bad);
    expect(() => begin({ clipNorm: Number.NaN })).toThrow(bad);
    expect(() => createPlan(settings).begin({ ...options, clipNorm: 1 })).toThrow(bad);
  });
});

describe('nextClipNorm', () => {
  const next = (noisedCount: number, clipNorm = 1) =>
    nextClipNorm({ clipNorm, noisedCount, expectedBatch: 100, clipping });

  it('is C·exp(−rate·(share of short gradients − quantile)), by hand', () => {
    expect(next(0)).toBe(1);
    expect(next(100)).toBeCloseTo(0.904837, 6);
    expect(next(-100)).toBeCloseTo(1.105171, 6);
    expect(next(50)).toBeCloseTo(0.951229, 6);
  });

  it('never leaves what float32 arithmetic holds, whatever the noise', () => {
    expect(next(1e9)).toBe(next(100));
    expect(next(-1e9)).toBe(next(-100));
    expect(next(100, 1e-6)).toBeCloseTo(1e-6, 12);
    expect(next(-100, 1e6)).toBe(1e6);
  });

  it('comes to the quantile of the norms', () => {
    // Norms 1 to 100, all of them in each step: the median is 50.
    let clipNorm = 0.01;
    for (let step = 0; step < 400; step++) {
      const short = Math.min(100, Math.floor(clipNorm));
      clipNorm = next(2 * short - 100, clipNorm);
    }
    expect(clipNorm).toBeGreaterThan(49);
    expect(clipNorm).toBeLessThan(52);
  });
});

describe('clipping of a plan', () => {
  it('is kept in its JSON, and flat when left out', () => {
    expect(createPlan(plan.toJSON()).clipping).toEqual(clipping);
    expect('clipping' in createPlan(settings).toJSON()).toBe(false);
    expect(createPlan({ ...settings, clipping: { kind: 'automatic' } }).describe()).toContain('scaled to norm 0.5');
    expect(createPlan({ ...settings, clipping: { kind: 'per-layer' } }).describe()).toContain('layer by layer');
    expect(plan.describe()).toContain(
      'The norm then follows the 0.5 quantile of the gradients’ norms, by a count in each step that gets discrete Gaussian noise of standard deviation 7.071',
    );
  });

  it.each([
    ['privacy.badParameter', { kind: 'none' }],
    ['privacy.badParameter', null],
    ['privacy.badParameter', { ...clipping, quantile: 1 }],
    ['privacy.badParameter', { ...clipping, rate: 0 }],
    ['privacy.badParameter', { ...clipping, share: 0.6 }],
    ['privacy.badParameter', { ...clipping, share: Number.NaN }],
    ['privacy.badPlan', { ...clipping, extra: 1 }],
    ['privacy.badPlan', { kind: 'flat', quantile: 0.5 }],
  ])('refuses with %s: %o', (code, wrong) => {
    expect(() => createPlan({ ...settings, clipping: wrong as never })).toThrow(badPlan(code));
  });

  it('refuses a first norm that an adaptive plan could not come to', () => {
    expect(() => createPlan({ ...settings, clipNorm: 1e-7, clipping })).toThrow(badPlan('privacy.badParameter'));
  });
});

describe('words for transforming rows', () => {
  it('are the same for one step and row, and others for any other', () => {
    const words = (step: number, row: number) => {
      const run = createPlan(settings).begin({ ...options, fromStep: step });
      run.draw(step);
      return Array.from({ length: 4 }, () => run.augmentation(step, row).next() + 0);
    };
    expect(words(0, 3)).toEqual(words(0, 3));
    expect(words(0, 4)).not.toEqual(words(0, 3));
    expect(words(1, 3)).not.toEqual(words(0, 3));
    const run = createPlan(settings).begin(options);
    run.draw(0);
    expect(() => run.augmentation(1, 0)).toThrow(badPlan('privacy.badNoiseRequest'));
    expect(() => run.augmentation(0, -1)).toThrow(badPlan('privacy.badNoiseRequest'));
  });
});
