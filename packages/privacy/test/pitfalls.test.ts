import { describe, expect, it } from 'vitest';
import * as privacy from '../src/index.ts';
import { GAUSSIAN_SIGMAS } from '../src/noise/discrete-gaussian.ts';

/** The known ways in which private training goes wrong that can occur in this package, one test each. */
const plan = privacy.createPlan({
  adjacency: 'add-or-remove-one',
  unit: 'row',
  clipNorm: 1,
  samplingRate: 0.3,
  steps: 40,
  deltaExponent: 5,
  noiseMultiplier: 4,
});
const run = (units: number[][], root = new Uint8Array(32).fill(5)) =>
  plan.begin({ root, units, parameters: [{ name: 'w', length: 8 }] });
const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => [i]);

describe('pitfalls', () => {
  it('shuffled or fixed-size batches under Poisson accounting: the only sampler is the plan’s, and its sizes vary', () => {
    const drawing = Object.keys(privacy).filter((name) => /sample|shuffle|batch|loader/i.test(name));
    expect(drawing).toEqual([]);
    const batches = run(rowsOf(200));
    const sizes = new Set<number>();
    for (let step = 0; step < 40; step++) {
      sizes.add(batches.draw(step).length);
      batches.noise(step, 'w', new Float64Array(8));
    }
    expect(sizes.size).toBeGreaterThan(10);
  });

  it('q rounded: q is the input, and the accountant sees the same number as the sampler', () => {
    const odd = privacy.createPlan({ ...plan.toJSON(), samplingRate: 0.30000000000000004 });
    expect(odd.mechanism.q).toBe(0.30000000000000004);
    expect(odd.samplingRate).toBe(0.30000000000000004);
  });

  it('steps rounded: 90/0.04 is 2250, 90//0.04 is 2249; only integers pass, and the run counts them', () => {
    expect(() => privacy.createPlan({ ...plan.toJSON(), steps: 2249.9999 })).toThrow(
      expect.objectContaining({ code: 'privacy.badParameter' }),
    );
  });

  it('accounting one step short: the receipt counts every drawn step', () => {
    const short = run(rowsOf(10));
    short.draw(0);
    short.noise(0, 'w', new Float64Array(8));
    short.draw(1);
    expect(short.receipt().steps).toBe(2);
  });

  it('empty batch: a step of pure noise', () => {
    const empty = run([]);
    expect(empty.draw(0).length).toBe(0);
    expect(empty.noise(0, 'w', new Float64Array(8)).every((value) => value !== 0)).toBe(true);
  });

  it('gradient accumulation: one noise a step and parameter, none for a second micro-batch', () => {
    const once = run(rowsOf(10));
    once.draw(0);
    once.noise(0, 'w', new Float64Array(8));
    expect(() => once.noise(0, 'w', new Float64Array(8))).toThrow(
      expect.objectContaining({ code: 'privacy.badNoiseRequest' }),
    );
  });

  it('adjacency mixed: replace-one moves the sum by 2C, in both accountants', () => {
    const single = { sigma: 1, q: 1, steps: 1, delta: 1e-5 } as const;
    const of = (sigma: number, adjacency: privacy.Adjacency, accountant: privacy.Accountant) =>
      privacy.epsilonOf({ ...single, sigma, adjacency, accountant });
    for (const accountant of ['pld', 'rdp'] as const) {
      expect(of(1, 'replace-one', accountant)).toBeCloseTo(of(0.5, 'add-or-remove-one', accountant), 9);
    }
    expect(of(1, 'replace-one', 'pld')).toBeCloseTo(9.99726, 5);
  });

  it('GDP accountant: not offered', () => {
    expect(privacy.ACCOUNTANTS).toEqual(['pld', 'rdp']);
  });

  it('floating-point noise: every release is an integer multiple of the grid', () => {
    const floats = run(rowsOf(10));
    floats.draw(0);
    const released = floats.noise(
      0,
      'w',
      Float64Array.from({ length: 8 }, (_, i) => Math.PI * i),
    );
    for (const value of released) expect(value).toBe(Math.round(value / floats.scale.grid) * floats.scale.grid);
    expect(GAUSSIAN_SIGMAS).toContain(GAUSSIAN_SIGMAS[floats.scale.stages - 1]);
    expect(floats.scale.deviation / floats.scale.grid).toBeCloseTo(GAUSSIAN_SIGMAS[floats.scale.stages - 1]!, 3);
  });

  it('PRNG quality: 256 bits of root, and no shorter one', () => {
    expect(() => run(rowsOf(3), new Uint8Array(4))).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
    expect(() => run(rowsOf(3), new Uint8Array(33))).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });

  it('noise reuse: another plan, shape or step under one root has other noise', () => {
    const first = (steps: number) => {
      const other = privacy.createPlan({ ...plan.toJSON(), steps });
      const begun = other.begin({
        root: new Uint8Array(32).fill(5),
        units: [],
        parameters: [{ name: 'w', length: 8 }],
      });
      begun.draw(0);
      return begun.noise(0, 'w', new Float64Array(8));
    };
    expect(first(40)).not.toEqual(first(39));
  });

  it('dataset size in receipts: two datasets of different size give the same receipt', () => {
    const [small, large] = [run(rowsOf(3)), run(rowsOf(3000))];
    for (const begun of [small, large]) {
      begun.draw(0);
      begun.noise(0, 'w', new Float64Array(8));
    }
    expect(large.receipt()).toEqual(small.receipt());
  });

  it('hyper-parameter search: the plan says that it is not counted', () => {
    expect(plan.describe()).toContain('Trying several settings on the same data is not counted');
  });

  it('adaptive clipping: the count has noise of its own, once a step, and is paid for together with the sum', () => {
    const adaptive = privacy.createPlan({
      ...plan.toJSON(),
      clipping: { kind: 'adaptive', quantile: 0.5, rate: 0.2, share: 0.1 },
    });
    const summation = { expectedBatch: 30, microBatch: 10 };
    const begun = adaptive.begin({
      ...{ root: new Uint8Array(32).fill(5), units: rowsOf(100), summation },
      parameters: [{ name: 'w', length: 1 }],
    });
    begun.draw(0);
    const { deviation } = begun.scale;
    const sumAlone = begun.noise(0, 'w', Float64Array.of(0));
    expect(sumAlone[0]).not.toBe(0);
    // No step goes on before its count has noise, and no count gets it twice.
    expect(() => begun.draw(1)).toThrow(expect.objectContaining({ code: 'privacy.stepOrder' }));
    expect(begun.noiseCount(0, 12)).not.toBe(12);
    const refused = expect.objectContaining({ code: 'privacy.badNoiseRequest' });
    expect(() => begun.noiseCount(0, 12)).toThrow(refused);
    begun.draw(1);
    expect(() => begun.noiseCount(1, Number.NaN)).toThrow(refused);
    const flat = run(rowsOf(10));
    flat.draw(0);
    expect(() => flat.noiseCount(0, 1)).toThrow(refused);
    // What one unit changes, in units of the noise: C in the sum and one in the count of ±1, whose noise is 4 / √0.1. The
    // accountants take noise 4, and that is no less than both together.
    const moved = Math.hypot(plan.clipNorm / deviation, Math.sqrt(0.1) / 4);
    expect(moved).toBeLessThanOrEqual(1 / 4);
    expect(moved).toBeGreaterThan(0.2497);
    expect(adaptive.mechanism.sigma).toBe(4);
    expect(adaptive.epsilon).toBe(plan.epsilon);
  });

  it('a non-finite sum: refused, not noised', () => {
    const broken = run(rowsOf(10));
    broken.draw(0);
    expect(() => broken.noise(0, 'w', new Float64Array(8).fill(Number.NaN))).toThrow(
      expect.objectContaining({ code: 'privacy.notFinite' }),
    );
  });
});

it('exports these names', () => {
  expect(Object.keys(privacy).sort()).toMatchSnapshot();
});
