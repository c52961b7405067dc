import { describe, expect, it } from 'vitest';
import { goldenValues } from '../../test/golden-values.ts';
import { treeColumns } from '../../test/tree-columns.ts';
import { createPlan } from '../plan/create-plan.ts';
import { bandedCoefficients } from './banded-coefficients.ts';
import { createCorrelatedPlan, type CorrelatedPlanOptions } from './correlated-plan.ts';
import { squaredSensitivity } from './strategy-sensitivity.ts';

const planOf = (options: Partial<CorrelatedPlanOptions> = {}) =>
  createCorrelatedPlan({
    ...{ bands: 4, steps: 40, order: { kind: 'cyclic-poisson', samplingRate: 0.05 } as const },
    ...{ adjacency: 'add-or-remove-one', clipNorm: 0.5, deltaExponent: 5, noiseMultiplier: 3 },
    ...options,
  } as CorrelatedPlanOptions);
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
    const plan = planOf({ bands: 1 });
    const plain = createPlan({
      ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 0.5, samplingRate: 0.05, steps: 40 },
      ...{ deltaExponent: 5, noiseMultiplier: 3 },
    });
    expect(plan.mechanism).toEqual(plain.mechanism);
    expect(plan.epsilon).toBeCloseTo(plain.epsilon, 5);
    expect(plan.charge).toEqual(plain.charge);
  });

  it.each([
    [2, 40],
    [4, 40],
    [5, 43],
    [20, 40],
  ])('of %d bands over %d steps is that of ⌈n/b⌉ steps of DP-SGD at b times the rate', (bands, steps) => {
    const plan = planOf({ bands, steps });
    expect(plan.mechanism).toEqual({
      ...{ sigma: 3, q: bands * 0.05, steps: Math.ceil(steps / bands) },
      adjacency: 'add-or-remove-one',
    });
  });

  it('of k passes is that of k steps of all rows, however many bands fit into a pass', () => {
    const passes = (bands: number) => planOf({ bands, order: { kind: 'passes', passes: 4 }, adjacency: 'replace-one' });
    expect(passes(1).mechanism).toEqual({ sigma: 3, q: 1, steps: 4, adjacency: 'replace-one' });
    expect(passes(10).epsilon).toBe(passes(1).epsilon);
  });

  it('calibrates its noise', () => {
    const plan = planOf({ noiseMultiplier: undefined, epsilon: 2 } as never);
    expect(plan.epsilon).toBeLessThanOrEqual(2);
    expect(plan.epsilon).toBeGreaterThan(1.999);
  });

  it.each<[string, Partial<CorrelatedPlanOptions>, string]>([
    ['a rate above 1/bands', { order: { kind: 'cyclic-poisson', samplingRate: 0.3 } }, 'privacy.badPlan'],
    ['passes under add-or-remove-one', { order: { kind: 'passes', passes: 4 } }, 'privacy.badPlan'],
    [
      'passes shorter than the bands',
      { order: { kind: 'passes', passes: 20 }, adjacency: 'replace-one' },
      'privacy.badPlan',
    ],
    [
      'passes that do not divide the steps',
      { order: { kind: 'passes', passes: 3 }, adjacency: 'replace-one' },
      'privacy.badPlan',
    ],
    ['epsilon beside noise', { epsilon: 2 }, 'privacy.badPlan'],
    ['half a band', { bands: 1.5 }, 'privacy.badParameter'],
    ['no steps', { steps: 0 }, 'privacy.badParameter'],
    ['no clip norm', { clipNorm: 0 }, 'privacy.badParameter'],
  ])('refuses %s', (_, options, code) => {
    expect(() => planOf(options)).toThrow(expect.objectContaining({ code }));
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
    // C applied to a release lies on the grid, up to the rounding of doubles: nothing finer was let out.
    for (const i of [0, 7, 1999]) {
      const total = [0, 1, 2, 3].reduce((sum, j) => sum + c[j]! * out[9 - j]![i]!, 0) / scale.grid;
      expect(Math.abs(total - Math.round(total))).toBeLessThan(1e-3);
    }
  });

  it('cancels in the sum of all steps: far less noise than fresh noise at the same price', () => {
    const noiseOfTotal = (bands: number) => {
      const plan = planOf({ bands, order: { kind: 'passes', passes: 2 }, adjacency: 'replace-one' });
      const out = released(plan, () => new Float64Array(length));
      const total = Float64Array.from({ length }, (_, i) => out.reduce((sum, step) => sum + step[i]!, 0));
      return Math.sqrt(total.reduce((sum, value) => sum + value * value, 0) / length);
    };
    // Fresh noise adds up to σC·√40.
    expect(noiseOfTotal(1) / (1.5 * Math.sqrt(40))).toBeCloseTo(1, 1);
    expect(noiseOfTotal(20)).toBeLessThan(0.5 * noiseOfTotal(1));
  });

  it('takes units of one group in a step, each at bands·q, and none twice within the bands', () => {
    const plan = planOf({ steps: 400, noiseMultiplier: 30, order: { kind: 'cyclic-poisson', samplingRate: 0.2 } });
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
    const plan = planOf({ steps: 10, order: { kind: 'passes', passes: 2 }, adjacency: 'replace-one' });
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
