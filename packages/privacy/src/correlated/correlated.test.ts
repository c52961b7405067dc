import { describe, expect, it } from 'vitest';
import { goldenValues } from '../../test/golden-values.ts';
import { treeColumns } from '../../test/tree-columns.ts';
import { createPlan } from '../plan/create-plan.ts';
import type { PrivacyPlanOptions } from '../plan/privacy-plan-json.ts';
import { bandedCoefficients } from './banded-coefficients.ts';
import type { Correlation } from './correlation.ts';
import { squaredSensitivity } from './strategy-sensitivity.ts';

const cyclic = (bands: number): Correlation => ({ order: 'cyclic-poisson', bands });
const planOf = (options: Partial<PrivacyPlanOptions> = {}) =>
  createPlan({
    ...{ steps: 40, samplingRate: 0.05, correlation: cyclic(4), unit: 'row' },
    ...{ adjacency: 'add-or-remove-one', clipNorm: 0.5, deltaExponent: 5, noiseMultiplier: 3 },
    ...options,
  });
/** A plan over the rows as they come. */
const passing = (bands: number, passes: number, options: Partial<PrivacyPlanOptions> = {}) =>
  planOf({
    ...{ correlation: { order: 'passes', bands, passes }, adjacency: 'replace-one' },
    ...options,
    samplingRate: passes / (options.steps ?? 40),
  });
const root = new Uint8Array(32).fill(6);
const unitsOf = (count: number) => Array.from({ length: count }, (_, i) => [i]);

/** The columns of the banded Toeplitz strategy of n steps. */
function bandedColumns(bands: number, steps: number): Float64Array[] {
  const c = bandedCoefficients(bands);
  return Array.from({ length: steps }, (_, t) => Float64Array.from({ length: steps }, (_, row) => c[row - t] ?? 0));
}

describe('the sensitivity of a strategy', () => {
  const rows = goldenValues.filter(({ accountant }) => accountant === 'sensitivity');
  it.each(
    rows.map((row) => [row.id, row as typeof row & { max_participation: number; min_separation: number }] as const),
  )('%s', (_, row) => {
    // The source counts the steps between two participations, this the steps from one to the next.
    const participation = { separation: row.min_separation + 1, most: row.max_participation };
    expect(squaredSensitivity(treeColumns(row.steps), participation)).toBe(row.expected);
  });

  it('of b bands and participations at least b steps apart is 1 for each participation', () => {
    for (const [bands, steps, most] of [
      [1, 6, 4],
      [3, 12, 4],
      [4, 13, 2],
      [5, 15, 3],
    ] as const) {
      expect(squaredSensitivity(bandedColumns(bands, steps), { separation: bands, most })).toBeCloseTo(most, 12);
    }
  });

  it('is more when participations overlap, which plans rule out', () => {
    expect(squaredSensitivity(bandedColumns(4, 12), { separation: 2, most: 3 })).toBeGreaterThan(4);
  });

  it('refuses negative entries and what can’t be tried out', () => {
    const bad = expect.objectContaining({ code: 'privacy.badParameter' });
    expect(() => squaredSensitivity([Float64Array.of(1, -1)], { separation: 1, most: 1 })).toThrow(bad);
    expect(() => squaredSensitivity(bandedColumns(1, 60), { separation: 1, most: 30 })).toThrow(bad);
  });
});

describe('the price of correlated noise', () => {
  it('of one band is that of DP-SGD', () => {
    const plan = planOf({ correlation: cyclic(1) });
    const plain = planOf({ correlation: undefined });
    expect(plan.mechanism).toEqual(plain.mechanism);
    expect(plan.epsilon).toBe(plain.epsilon);
    expect(plan.charge).toEqual(plain.charge);
  });

  it.each([
    [2, 40],
    [4, 40],
    [5, 43],
    [20, 40],
  ])('of %d bands over %d steps is that of ⌈n/b⌉ steps of DP-SGD at b times the rate', (bands, steps) => {
    const plan = planOf({ correlation: cyclic(bands), steps });
    const equal = planOf({ correlation: undefined, samplingRate: bands * 0.05, steps: Math.ceil(steps / bands) });
    expect(plan.mechanism).toEqual({
      ...{ sigma: 3, q: bands * 0.05, steps: Math.ceil(steps / bands) },
      adjacency: 'add-or-remove-one',
    });
    expect(plan.epsilon).toBe(equal.epsilon);
    expect(plan.charge).toEqual(equal.charge);
  });

  it('of k passes is that of k steps of all rows, however many bands fit into a pass', () => {
    expect(passing(1, 4).mechanism).toEqual({ sigma: 3, q: 1, steps: 4, adjacency: 'replace-one' });
    expect(passing(10, 4).epsilon).toBe(passing(1, 4).epsilon);
    // Analytic Gaussian mechanism (Balle and Wang 2018, Theorem 8) of shift 2·√4/8, by bisection in double precision.
    expect(passing(10, 4, { noiseMultiplier: 8 }).epsilon).toBeCloseTo(1.993091, 5);
  });

  it('on the way is that of the passes begun', () => {
    const plan = passing(10, 4);
    expect(plan.epsilonAfter(1)).toBeCloseTo(passing(10, 1, { steps: 10 }).epsilon, 5);
    expect(plan.epsilonAfter(11)).toBeCloseTo(passing(10, 2, { steps: 20 }).epsilon, 5);
    expect(plan.epsilonAfter(40)).toBe(plan.epsilon);
  });

  it('calibrates its noise', () => {
    const plan = planOf({ noiseMultiplier: undefined, epsilon: 2 } as never);
    expect(plan.epsilon).toBe(2);
    expect(planOf({ noiseMultiplier: plan.noiseMultiplier }).epsilon).toBeGreaterThan(1.999);
  });

  it('is in a plan’s JSON and words, and comes back from it', () => {
    const plan = passing(10, 4);
    expect(createPlan(plan.toJSON()).toJSON()).toEqual(plan.toJSON());
    expect(plan.toJSON().correlation).toEqual({ order: 'passes', bands: 10, passes: 4 });
    expect(plan.describe()).toContain('4 passes over the rows as they come');
    expect(plan.describe()).toContain('costs as 4 steps of DP-SGD at rate 1');
    expect(planOf().describe()).toContain('dealt into 4 groups by chance');
    expect(planOf().describe()).toContain('costs as 10 steps of DP-SGD at rate 0.2');
  });

  it.each<[string, () => unknown, string]>([
    ['a rate above 1/bands', () => planOf({ samplingRate: 0.3 }), 'privacy.badPlan'],
    ['passes under add-or-remove-one', () => passing(4, 4, { adjacency: 'add-or-remove-one' }), 'privacy.badPlan'],
    ['passes shorter than the bands', () => passing(4, 20), 'privacy.badPlan'],
    ['passes that do not divide the steps', () => passing(4, 3), 'privacy.badPlan'],
    [
      'a rate that is not the passes’',
      () => planOf({ correlation: { order: 'passes', bands: 4, passes: 4 }, adjacency: 'replace-one' }),
      'privacy.badPlan',
    ],
    [
      'a clip norm that adapts',
      () => planOf({ clipping: { kind: 'adaptive', quantile: 0.5, rate: 0.2, share: 0.02 } }),
      'privacy.badPlan',
    ],
    ['another order', () => planOf({ correlation: { order: 'shuffled', bands: 4 } as never }), 'privacy.badPlan'],
    [
      'passes of groups',
      () => planOf({ correlation: { order: 'cyclic-poisson', bands: 4, passes: 2 } as never }),
      'privacy.badPlan',
    ],
    ['half a band', () => planOf({ correlation: cyclic(1.5) }), 'privacy.badParameter'],
  ])('refuses %s', (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe('a run with correlated noise', () => {
  const length = 2000;
  const parameters = [{ name: 'w', length }];

  /** What each step of an empty run releases. */
  function released(plan: ReturnType<typeof planOf>, sums: (step: number) => Float64Array): Float64Array[] {
    const run = plan.begin({ root, units: unitsOf(0), parameters });
    return Array.from({ length: plan.steps }, (_, step) => {
      run.draw(step);
      return run.noise(step, 'w', sums(step));
    });
  }

  it('gives back white noise of σ·C on the grid when C is applied to what it releases', () => {
    const plan = planOf();
    const waves = Array.from({ length: plan.steps }, (_, step) =>
      Float64Array.from({ length }, (__, i) => Math.sin(step + i)),
    );
    const out = released(plan, (step) => waves[step]!);
    const { scale } = plan.begin({ root, units: [], parameters });
    const c = bandedCoefficients(4);
    const white = out.map((_, t) =>
      Float64Array.from({ length }, (__, i) => {
        let value = 0;
        for (let j = 0; j < 4 && j <= t; j++) value += c[j]! * (out[t - j]![i]! - waves[t - j]![i]!);
        return value;
      }),
    );
    let [square, lag, count] = [0, 0, 0];
    for (let t = 1; t < white.length; t++) {
      for (let i = 0; i < length; i++, count++) {
        square += white[t]![i]! ** 2;
        lag += white[t]![i]! * white[t - 1]![i]!;
      }
    }
    const variance = scale.deviation ** 2;
    expect(scale.deviation / (3 * 0.5)).toBeGreaterThan(1);
    expect(scale.deviation / (3 * 0.5)).toBeLessThan(1.001);
    expect(Math.abs(square / count / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(lag / count / variance)).toBeLessThan(5 / Math.sqrt(count));
    // A release, times c₀, lies on the grid: nothing finer was let out.
    for (const i of [0, 7, 1999]) {
      const inGrid = (c[0]! * out[9]![i]!) / scale.grid;
      expect(Math.abs(inGrid - Math.round(inGrid))).toBeLessThan(1e-6);
    }
  });

  it('cancels in the sum of all steps: far less noise than fresh noise at the same price', () => {
    const noiseOfTotal = (bands: number) => {
      const plan = passing(bands, 2);
      const out = released(plan, () => new Float64Array(length));
      const total = Float64Array.from({ length }, (_, i) => out.reduce((sum, step) => sum + step[i]!, 0));
      return Math.sqrt(total.reduce((sum, value) => sum + value * value, 0) / length);
    };
    // Fresh noise adds up to σC·√40.
    expect(noiseOfTotal(1) / (1.5 * Math.sqrt(40))).toBeCloseTo(1, 1);
    expect(noiseOfTotal(20)).toBeLessThan(0.5 * noiseOfTotal(1));
  });

  it('takes units of one group in a step, each at bands·q, and none twice within the bands', () => {
    const plan = planOf({ steps: 400, noiseMultiplier: 30, samplingRate: 0.2 });
    const run = plan.begin({ root, units: unitsOf(300), parameters: [{ name: 'w', length: 1 }] });
    const last = new Map<number, number>();
    let taken = 0;
    for (let step = 0; step < 400; step++) {
      for (const row of run.draw(step)) {
        taken++;
        if (last.has(row)) expect((step - last.get(row)!) % 4).toBe(0);
        last.set(row, step);
      }
      run.noise(step, 'w', new Float64Array(1));
    }
    // 400 steps of 300·0.2 rows, give or take the sizes of the groups.
    expect(Math.abs(taken / (400 * 60) - 1)).toBeLessThan(0.02);
  });

  it('takes the rows as they come in passes, each once', () => {
    const plan = passing(4, 2, { steps: 10 });
    const run = plan.begin({ root, units: unitsOf(23), parameters: [{ name: 'w', length: 1 }] });
    const seen: number[] = [];
    for (let step = 0; step < 10; step++) {
      seen.push(...run.draw(step));
      run.noise(step, 'w', new Float64Array(1));
    }
    expect(seen).toEqual([...unitsOf(23).flat(), ...unitsOf(23).flat()]);
  });

  it('repeats under one root, and shares nothing with another root or plan', () => {
    const zeros = () => new Float64Array(length);
    expect(released(planOf(), zeros)).toEqual(released(planOf(), zeros));
    const other = planOf({ noiseMultiplier: 3.001 });
    expect(released(other, zeros)[0]![0]! / 3.001).not.toBeCloseTo(released(planOf(), zeros)[0]![0]! / 3, 6);
  });

  it('goes on from its window to the same bits, whatever the step', () => {
    const plan = planOf({ steps: 11, samplingRate: 0.2 });
    const two = [
      { name: 'w', length: 300 },
      { name: 'v', length: 7 },
    ];
    const sumsOf = (step: number, length: number) => Float64Array.from({ length }, (_, i) => Math.sin(step * 31 + i));
    const take = (run: ReturnType<typeof plan.begin>, step: number) => [
      run.draw(step),
      ...two.map(({ name, length }) => run.noise(step, name, sumsOf(step, length))),
    ];
    const whole = plan.begin({ root, units: unitsOf(40), parameters: two });
    const windows = [whole.window!.slice()];
    const out = Array.from({ length: 11 }, (_, step) => {
      const made = take(whole, step);
      windows.push(whole.window!.slice());
      return [...made, whole.deviation];
    });
    for (const fromStep of [1, 2, 3, 4, 10]) {
      const run = plan.begin({ root, units: unitsOf(40), parameters: two, fromStep, window: windows[fromStep]! });
      for (let step = fromStep; step < 11; step++) expect([...take(run, step), run.deviation]).toEqual(out[step]);
    }
  });

  it('does not go on without its window, nor with another’s', () => {
    const bad = expect.objectContaining({ code: 'privacy.badParameter' });
    const units = unitsOf(3);
    expect(() => planOf().begin({ root, units, parameters, fromStep: 2 })).toThrow(bad);
    expect(() => planOf().begin({ root, units, parameters, fromStep: 2, window: new Float64Array(length) })).toThrow(
      bad,
    );
    expect(() => planOf().begin({ root, units, parameters, window: new Float64Array(3 * length) })).toThrow(bad);
    const plain = planOf({ correlation: undefined });
    expect(() => plain.begin({ root, units, parameters, fromStep: 2, window: new Float64Array(1) })).toThrow(bad);
  });

  it('says how large the noise of a step is', () => {
    const run = planOf().begin({ root, units: [], parameters: [{ name: 'w', length: 40_000 }] });
    for (let step = 0; step < 12; step++) {
      run.draw(step);
      const out = run.noise(step, 'w', new Float64Array(40_000));
      const square = out.reduce((sum, value) => sum + value * value, 0) / 40_000;
      // Five standard deviations of a variance over 40,000 entries.
      expect(Math.abs(square / run.deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / 40_000));
    }
  });

  it('has other noise for another sum, so that no two releases differ by sums alone', () => {
    const plan = planOf();
    const grid = plan.begin({ root, units: [], parameters }).scale.grid;
    const c0 = bandedCoefficients(4)[0]!;
    const [zero, one] = [0, 1].map((k) => released(plan, () => new Float64Array(length).fill((k * grid) / c0))[0]!);
    const same = zero!.filter((value, i) => Math.abs(one![i]! - value - grid / c0) < 1e-9 * grid);
    expect(same.length).toBeLessThan(5);
  });

  it('keeps to the order of steps, one noise for each parameter', () => {
    const run = planOf().begin({ root, units: unitsOf(5), parameters });
    const zeros = new Float64Array(length);
    const order = expect.objectContaining({ code: 'privacy.stepOrder' });
    const bad = expect.objectContaining({ code: 'privacy.badNoiseRequest' });
    expect(() => run.draw(1)).toThrow(order);
    expect(() => run.noise(0, 'w', zeros)).toThrow(bad);
    run.draw(0);
    expect(() => run.draw(1)).toThrow(order);
    expect(() => run.noise(0, 'v', zeros)).toThrow(bad);
    expect(() => run.noise(0, 'w', zeros.subarray(1))).toThrow(bad);
    run.noise(0, 'w', zeros);
    expect(() => run.noise(0, 'w', zeros)).toThrow(bad);
    run.draw(1);
    expect(() =>
      run.noise(
        1,
        'w',
        zeros.map(() => Number.NaN),
      ),
    ).toThrow(expect.objectContaining({ code: 'privacy.notFinite' }));
  });

  it.each([{ root: new Uint8Array(31) }, { units: [[]] }, { parameters: [] }])('refuses to begin with %o', (bad) => {
    expect(() => planOf().begin({ root, units: unitsOf(2), parameters, ...bad })).toThrow(
      expect.objectContaining({ code: 'privacy.badParameter' }),
    );
  });
});
