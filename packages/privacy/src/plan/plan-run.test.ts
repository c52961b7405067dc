import { describe, expect, expectTypeOf, it } from 'vitest';
import { ledgerCharge } from '../ledger/ledger-charge.ts';
import { createPlan } from './create-plan.ts';
import type { InsecurePlanRun } from './insecure-plan-run.ts';
import type { PlanRun, PrivacyReceipt } from './plan-run.ts';
import type { AccountingEvent } from './run-core.ts';

const plan = createPlan({
  adjacency: 'add-or-remove-one',
  unit: 'row',
  clipNorm: 1,
  samplingRate: 0.2,
  steps: 4,
  deltaExponent: 5,
  noiseMultiplier: 2,
});
const root = new Uint8Array(32).fill(1);
const units = Array.from({ length: 500 }, (_, i) => [i]);
const parameters = [
  { name: 'weight', length: 30 },
  { name: 'bias', length: 2 },
];
const options = { root, units, parameters };

const noiseOf = (run: PlanRun | InsecurePlanRun, step: number) =>
  parameters.map(({ name, length }) => run.noise(step, name, new Float64Array(length)));
const stepOrder = expect.objectContaining({ code: 'privacy.stepOrder' });
const badNoise = expect.objectContaining({ code: 'privacy.badNoiseRequest' });

describe('a run of a plan', () => {
  it('repeats batches and noise under one root, also when it resumes', () => {
    const [a, b] = [plan.begin(options), plan.begin(options)];
    for (let step = 0; step < 3; step++) {
      expect(a.draw(step)).toEqual(b.draw(step));
      expect(noiseOf(a, step)).toEqual(noiseOf(b, step));
    }
    const resumed = plan.begin({ ...options, fromStep: 3 });
    expect(resumed.draw(3)).toEqual(a.draw(3));
    expect(noiseOf(resumed, 3)).toEqual(noiseOf(a, 3));
    expect(resumed.receipt()).toEqual(a.receipt());
  });

  it('shares nothing between roots, steps, parameters, or plans', () => {
    const first = (run: PlanRun) => [String(run.draw(0)), ...noiseOf(run, 0).map(String)];
    const base = first(plan.begin(options));
    const others = [
      plan.begin({ ...options, root: new Uint8Array(32).fill(2) }),
      createPlan({ ...plan.toJSON(), clipNorm: 2 }).begin(options),
      plan.begin({ ...options, summation: { expectedBatch: 100, microBatch: 32 } }),
    ];
    for (const other of others) first(other).forEach((text, i) => expect(text).not.toBe(base[i]));
    const run = plan.begin(options);
    const batches = [0, 1].map((step) => {
      const rows = run.draw(step);
      const noise = noiseOf(run, step);
      return [String(rows), ...noise.map(String)];
    });
    batches[1]!.forEach((text, i) => expect(text).not.toBe(batches[0]![i]));
    const twins = plan.begin({
      ...options,
      parameters: [
        { name: 'a', length: 9 },
        { name: 'b', length: 9 },
      ],
    });
    twins.draw(0);
    const zeros = new Float64Array(9);
    expect(twins.noise(0, 'a', zeros)).not.toEqual(twins.noise(0, 'b', zeros));
  });

  it('reused noise: another sum under the same root gets other noise, and the same sum the same', () => {
    const noiseAt = (value: number) => {
      const run = plan.begin(options);
      run.draw(0);
      const sums = new Float64Array(30).fill(value * run.scale.grid);
      return run.noise(0, 'weight', sums).map((noised) => Math.round(noised / run.scale.grid) - Math.round(value));
    };
    const base = noiseAt(0);
    // Less than half a grid step, or the sign of zero, is the same sum: nothing else can be told from it.
    expect(noiseAt(0.4)).toEqual(base);
    expect(noiseAt(-0.4)).toEqual(base);
    const other = noiseAt(1);
    expect(other.filter((value, i) => value === base[i]).length).toBeLessThan(3);
  });

  it('reused noise: sums beyond 32 bits of grid steps share none with each other, nor with what their low bits say', () => {
    const noise = (steps: number) => {
      const run = plan.begin({ ...options, parameters: [{ name: 'w', length: 2 }] });
      run.draw(0);
      const { grid } = run.scale;
      const released = run.noise(0, 'w', Float64Array.of(steps * grid, 0));
      return Math.round(released[1]! / grid);
    };
    const sums = [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, -(2 ** 31), -(2 ** 31) - 1];
    expect(new Set(sums.map(noise)).size).toBe(sums.length);
    expect(noise(2 ** 32)).toBe(noise(2 ** 32));
  });

  it('does not repeat or skip a step, nor go past the end', () => {
    const run = plan.begin(options);
    expect(() => run.draw(1)).toThrow(stepOrder);
    for (let step = 0; step < 4; step++) {
      run.draw(step);
      expect(() => run.draw(step)).toThrow(stepOrder);
      expect(() => run.draw(step + 1)).toThrow(stepOrder);
      noiseOf(run, step);
      expect(() => run.draw(step)).toThrow(stepOrder);
      expect(() => run.draw(step + 2)).toThrow(stepOrder);
    }
    expect(() => run.draw(4)).toThrow(stepOrder);
    expect(() => plan.begin({ ...options, fromStep: 4 }).draw(4)).toThrow(stepOrder);
  });

  it('gives each parameter of a step noise once', () => {
    const run = plan.begin(options);
    const weight = new Float32Array(30);
    expect(() => run.noise(0, 'weight', weight)).toThrow(badNoise);
    run.draw(0);
    expect(() => run.noise(0, 'bias', weight)).toThrow(badNoise);
    expect(() => run.noise(0, 'other', weight)).toThrow(badNoise);
    run.noise(0, 'weight', weight);
    expect(() => run.noise(0, 'weight', weight)).toThrow(badNoise);
    expect(() => run.noise(1, 'bias', weight)).toThrow(badNoise);
  });

  it('accounts a step before it hands out rows, and only once', () => {
    const events: AccountingEvent[] = [];
    const run = plan.begin({ ...options, onAccounting: (event) => events.push(event) });
    run.draw(0);
    expect(() => run.draw(0)).toThrow(stepOrder);
    noiseOf(run, 0);
    run.draw(1);
    expect(events).toEqual(
      [0, 1].map((step) => ({
        mechanism: 'poisson-sampled-discrete-gaussian',
        step,
        samplingRate: 0.2,
        noiseMultiplier: 2,
        adjacency: 'add-or-remove-one',
      })),
    );
    const broken = plan.begin({
      ...options,
      onAccounting: () => {
        throw new Error('the ledger is full');
      },
    });
    expect(() => broken.draw(0)).toThrow('the ledger is full');
    expect(() => broken.draw(0)).toThrow(stepOrder);
  });

  it('treats an empty batch as a step of pure noise', () => {
    const run = plan.begin({ ...options, units: [] });
    expect(run.draw(0)).toEqual(new Uint32Array(0));
    const noise = noiseOf(run, 0)[0]!;
    expect(noise.some((value) => value !== 0)).toBe(true);
    expect(noise).toEqual(
      (() => {
        const full = plan.begin(options);
        full.draw(0);
        return noiseOf(full, 0)[0]!;
      })(),
    );
  });

  it('draws a unit as one, and each of its rows alike', () => {
    const wide = createPlan({
      ...plan.toJSON(),
      unit: 'unit',
      samplingRate: 0.5,
      steps: 2000,
      noiseMultiplier: 200,
      epsilon: 60,
    });
    const run = wide.begin({ root, units: [[0, 1, 2], [3]], parameters: [{ name: 'w', length: 1 }] });
    const counts = new Float64Array(4);
    for (let step = 0; step < 2000; step++) {
      const rows = run.draw(step);
      expect(rows.filter((row) => row < 3).length).toBeLessThanOrEqual(1);
      for (const row of rows) counts[row]! += 1;
      run.noise(step, 'w', new Float64Array(1));
    }
    for (const row of [0, 1, 2]) expect(Math.abs(counts[row]! - 1000 / 3)).toBeLessThan(5 * Math.sqrt(278));
    expect(Math.abs(counts[3]! - 1000)).toBeLessThan(5 * Math.sqrt(500));
  });

  it('adds noise of the stated standard deviation', () => {
    const run = plan.begin({ ...options, parameters: [{ name: 'w', length: 100_000 }] });
    run.draw(0);
    const noise = run.noise(0, 'w', new Float32Array(100_000));
    const variance = noise.reduce((sum, value) => sum + value * value, 0) / noise.length;
    expect(run.scale.deviation).toBe(2 * (1 + 2 ** -10));
    expect(Math.abs(variance / run.scale.deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / noise.length));
  });

  it.each([
    { root: new Uint8Array(16) },
    { fromStep: -1 },
    { fromStep: 5 },
    { fromStep: 0.5 },
    { units: [[]] },
    { parameters: [] },
    { parameters: [parameters[0]!, parameters[0]!] },
    { parameters: [{ name: 'w', length: 0 }] },
  ])('refuses to begin with %o', (bad) => {
    expect(() => plan.begin({ ...options, ...bad })).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });
});

describe('a receipt', () => {
  it('states what the drawn steps have spent, and no row count', () => {
    const run = plan.begin(options);
    expect(run.receipt()).toMatchObject({ steps: 0, epsilon: 0, charge: { rdpLow: 0n, rdpHigh: 0n } });
    for (let step = 0; step < 4; step++) {
      run.draw(step);
      noiseOf(run, step);
    }
    const receipt = run.receipt();
    expect(receipt).toEqual({
      plan: plan.toJSON(),
      steps: 4,
      epsilon: plan.epsilon,
      delta: 1e-5,
      charge: ledgerCharge(plan.mechanism),
    });
    const other = plan.begin({ ...options, units: units.slice(0, 3), fromStep: 4 });
    expect(other.receipt()).toEqual(receipt);
  });

  it('is not given for a seeded run, by type and in fact', () => {
    const run = plan.beginInsecureSeeded({ seed: 7, units, parameters });
    expect(run.kind).toBe('insecure');
    expect('receipt' in run).toBe(false);
    expectTypeOf<InsecurePlanRun>().not.toExtend<{ receipt(): PrivacyReceipt }>();
    expectTypeOf<InsecurePlanRun>().not.toExtend<PlanRun>();
    expect(run.draw(0)).toEqual(plan.beginInsecureSeeded({ seed: 7, units, parameters }).draw(0));
  });
});
