import { describe, expect, it } from 'vitest';
import { compositionRdp } from '../composition/composition-rdp.ts';
import { epsilonFromRdp } from '../rdp/epsilon-from-rdp.ts';
import { Keystream } from '../noise/keystream.ts';
import { checkRunCount, drawRunCount, stoppingRate, type RunCount } from './run-count.ts';
import { tunedEpsilon } from './tuned-epsilon.ts';
import { tunedRdp } from './tuned-rdp.ts';

const gaussian = (sigma: number) => [{ mechanism: 'gaussian', sigma, steps: 1 } as const];
const relation = 'add-or-remove-one' as const;

describe('the price of a search', () => {
  // dp_accounting, rdp_privacy_accountant_test.py, test_repeat_select_pure_negative_binomial: Corollary 3 of the source.
  it.each([
    [1, 1000, 0],
    [1, 1000, 1],
    [1, 1000, 0.5],
    [1, 100, 2],
    [1, 1000, 5],
  ])('of a run of pure epsilon %d, %d runs on average and shape %d: epsilon·(2 + shape)', (epsilon, mean, shape) => {
    const run = { curve: [{ order: 1e10, rdp: epsilon }], deltaAt: () => 0 };
    const tuned = tunedRdp(run, { kind: 'negative-binomial', shape, mean }, run.curve[0]!);
    expect(tuned).toBeCloseTo(epsilon * (2 + shape), 7);
  });

  // The same file, test_repeat_select_trivial: a mean of 1 is exactly one run.
  it.each([
    [0, 1],
    [0.5, 10],
    [1, 0.1],
    [2, 1],
  ])('of one run (shape %d, sigma %d) is that of the run', (shape, sigma) => {
    const curve = compositionRdp(gaussian(sigma), relation);
    for (const point of curve) {
      const tuned = tunedRdp({ curve, deltaAt: () => 1 }, { kind: 'negative-binomial', shape, mean: 1 }, point);
      expect(tuned).toBeCloseTo(point.rdp, 12);
    }
  });

  it.each([
    [10, 30, 1],
    [30, 1000, 0],
  ])('sigma %d, %d runs on average, shape %d: below the closed bound by hand', (sigma, mean, shape) => {
    const rho = 0.5 / sigma ** 2;
    const epsilon = tunedEpsilon({
      ...{ candidates: [gaussian(sigma)], adjacency: relation, delta: 1e-6 },
      runs: { kind: 'negative-binomial', shape, mean },
    });
    // The divergence of order α is ρα; at α̂ = √(ln(1/γ)/ρ) the second term is near its least, and any α gives a bound.
    const logRate = -Math.log(stoppingRate({ shape, mean }));
    const hat = Math.sqrt(logRate / rho);
    const other = (1 + shape) * ((1 - 1 / hat) * rho * hat + logRate / hat);
    const byHand = Math.min(
      ...[10, 20, 40, 60].map((order) => rho * order + other + (Math.log(mean) + Math.log(1e6)) / (order - 1)),
    );
    expect(epsilon).toBeLessThan(byHand * 1.02);
    expect(epsilon).toBeGreaterThan(epsilonFromRdp(compositionRdp(gaussian(sigma), relation), 1e-6));
  });

  it('is far below composing as many runs, and rises with their mean and with the shape', () => {
    const of = (runs: RunCount) => tunedEpsilon({ candidates: [gaussian(20)], adjacency: relation, runs, delta: 1e-5 });
    const geometric = (mean: number) => of({ kind: 'negative-binomial', shape: 1, mean });
    expect(geometric(10)).toBeLessThan(geometric(100));
    expect(of({ kind: 'negative-binomial', shape: 0, mean: 100 })).toBeLessThan(geometric(100));
    const composed = epsilonFromRdp(compositionRdp([{ mechanism: 'gaussian', sigma: 20, steps: 100 }], relation), 1e-5);
    expect(geometric(100)).toBeLessThan(composed / 2);
  });

  it('of a Poisson number adds mean·δ̂ at ε̂ = ln(1 + 1/(α − 1)), and ln(mean)/(α − 1)', () => {
    const point = { order: 16, rdp: 0.02 };
    const asked: number[] = [];
    const run = { curve: [point], deltaAt: (epsilon: number) => (asked.push(epsilon), 0.004) };
    // Fifteen times 0.02 + 5·0.004 + ln(5)/15 is 2.209438, and e^2.209438 + e^−5 is e^2.210177.
    expect(tunedRdp(run, { kind: 'poisson', mean: 5 }, point)).toBeCloseTo(2.210177 / 15, 6);
    expect(asked[0]).toBeCloseTo(Math.log(16 / 15), 12);
    const of = (mean: number) =>
      tunedEpsilon({
        ...{ candidates: [gaussian(20)], adjacency: relation, delta: 1e-5 },
        runs: { kind: 'poisson', mean },
      });
    expect(of(4)).toBeGreaterThan(epsilonFromRdp(compositionRdp(gaussian(20), relation), 1e-5));
    expect(of(4)).toBeLessThan(of(40));
  });

  it('is that of the costliest candidate', () => {
    const of = (...sigmas: number[]) =>
      tunedEpsilon({
        ...{ candidates: sigmas.map(gaussian), adjacency: relation, delta: 1e-5 },
        runs: { kind: 'poisson', mean: 5 },
      });
    expect(of(10, 30, 20)).toBe(of(10));
  });

  it('is no promise at a delta below what drawing the number of runs may be off', () => {
    const of = (delta: number) =>
      tunedEpsilon({
        ...{ candidates: [gaussian(10)], adjacency: relation, delta },
        runs: { kind: 'negative-binomial', shape: 1, mean: 10 },
      });
    expect(of(1e-13)).toBe(Number.POSITIVE_INFINITY);
    expect(Number.isFinite(of(1e-9))).toBe(true);
  });
});

describe('the number of runs', () => {
  it('has its stopping rate by hand: geometric 1/mean; logarithmic mean (1/γ − 1)/ln(1/γ)', () => {
    expect(stoppingRate({ shape: 1, mean: 25 })).toBeCloseTo(1 / 25, 12);
    expect(stoppingRate({ shape: 0, mean: 9 / Math.log(10) })).toBeCloseTo(0.1, 10);
    expect(stoppingRate({ shape: 3, mean: 1 })).toBe(1);
  });

  it.each<[string, RunCount, number, number]>([
    // P(1) = γ of a geometric.
    ['geometric', { kind: 'negative-binomial', shape: 1, mean: 8 }, 1, 1 / 8],
    // P(1) = (1 − γ)/ln(1/γ) with γ = 0.1.
    ['logarithmic', { kind: 'negative-binomial', shape: 0, mean: 9 / Math.log(10) }, 1, 0.9 / Math.log(10)],
    ['of shape 2', { kind: 'negative-binomial', shape: 2, mean: 6 }, 1, Number.NaN],
    ['poisson', { kind: 'poisson', mean: 3 }, 0, Math.exp(-3)],
  ])('%s: has its mean, and its first probability', (_, runs, first, probability) => {
    const stream = new Keystream(new Uint8Array(32).fill(runs.mean));
    const draws = Array.from({ length: 40_000 }, () => drawRunCount(runs, stream));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - runs.mean)).toBeLessThan(5 * Math.sqrt(variance / draws.length));
    expect(Math.min(...draws)).toBe(first);
    if (Number.isNaN(probability)) return;
    const share = draws.filter((count) => count === first).length / draws.length;
    expect(Math.abs(share - probability)).toBeLessThan(5 * Math.sqrt((probability * (1 - probability)) / draws.length));
  });

  it('is always one for a mean of one', () => {
    const stream = new Keystream(new Uint8Array(32));
    for (let i = 0; i < 100; i++)
      expect(drawRunCount({ kind: 'negative-binomial', shape: 1, mean: 1 }, stream)).toBe(1);
  });

  it.each<RunCount>([
    { kind: 'negative-binomial', shape: -1, mean: 5 },
    { kind: 'negative-binomial', shape: 1, mean: 0.5 },
    { kind: 'poisson', mean: 0.5 },
    { kind: 'poisson', mean: Number.NaN },
    { kind: 'fixed' as 'poisson', mean: 5 },
  ])('refuses %o', (bad) => {
    expect(() => checkRunCount(bad)).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });
});
