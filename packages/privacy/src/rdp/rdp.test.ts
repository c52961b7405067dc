import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltaFromRdp } from './delta-from-rdp.ts';
import { epsilonFromRdp } from './epsilon-from-rdp.ts';
import { rdpOf } from './rdp-of.ts';
import { replaceOneRdp } from './replace-one-rdp.ts';
import { sampledGaussianRdp } from './sampled-gaussian-rdp.ts';

// Expected values: quadrature with 40 digits (mpmath) of the defining integrals, independent of the series.
describe('sampledGaussianRdp', () => {
  it.each([
    [1, 0.5, 1.1, 0.15613047568549297],
    [1, 0.99, 1.5, 0.73822004541984886],
    [10, 0.001, 1.1, 5.5275417544016436e-9],
    [0.3, 0.2, 1.5, 3.7558495549287605],
    [100, 1e-6, 1.5, 7.5003750121252625e-17],
    [5, 0.9, 2.5, 0.040724208770071763],
    [0.5, 0.01, 1.05, 0.0014482163572352089],
  ])('sigma %d, q %d, order %d: at the truth or a hair above', (sigma, q, order, truth) => {
    const value = sampledGaussianRdp(sigma, q, order);
    expect(value).toBeGreaterThanOrEqual(truth);
    // A fractional order of a divergence near 1e-17 is bounded by the next integer order.
    expect(value - truth).toBeLessThan(1e-12 + 4e-4 * truth);
  });

  it('is the plain Gaussian at q = 1', () => {
    expect(sampledGaussianRdp(2, 1, 8)).toBe(1);
  });

  it('grows with the order and with q, and falls with sigma', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.4, max: 20, noNaN: true }),
        fc.double({ min: 1e-4, max: 0.9, noNaN: true }),
        fc.double({ min: 1.1, max: 100, noNaN: true }),
        (sigma, q, order) => {
          const value = sampledGaussianRdp(sigma, q, order);
          const slack = 1 - 1e-9;
          expect(sampledGaussianRdp(sigma, q, order * 1.1)).toBeGreaterThanOrEqual(value * slack - 1e-11);
          expect(sampledGaussianRdp(sigma, q * 1.1, order)).toBeGreaterThanOrEqual(value * slack - 1e-11);
          expect(sampledGaussianRdp(sigma * 1.1, q, order)).toBeLessThanOrEqual(value / slack + 1e-11);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('replaceOneRdp', () => {
  it.each([
    [1, 0.5, 1.5, 0.6115798417006109],
    [1, 0.99, 1.5, 2.8295704735435923],
    [10, 0.001, 2.5, 5.00003288403908e-8],
    [0.3, 0.2, 1.5, 3.974594459219421],
    [2, 0.05, 20, 0.028084318876597233],
    [5, 0.9, 2.5, 0.16132419841682877],
    [0.7, 0.01, 64, 60.63790465938487],
    [18.75, 0.5, 16, 0.022739389247170033],
  ])('sigma %d, q %d, order %d: at the truth or a hair above', (sigma, q, order, truth) => {
    const value = replaceOneRdp(sigma, q, order);
    expect(value).toBeGreaterThanOrEqual(truth);
    expect(value - truth).toBeLessThan(1e-12 + 1e-10 * truth);
  });

  it('is the Gaussian with sensitivity 2C at q = 1, four times add-or-remove-one', () => {
    expect(replaceOneRdp(2, 1, 8)).toBe(4);
  });

  it('is never below add-or-remove-one', () => {
    for (const sigma of [0.5, 1, 4]) {
      for (const q of [0.001, 0.1, 0.7]) {
        for (const order of [1.5, 2.5, 8, 64]) {
          expect(replaceOneRdp(sigma, q, order)).toBeGreaterThan(sampledGaussianRdp(sigma, q, order) * (1 - 1e-6));
        }
      }
    }
  });
});

describe('conversion', () => {
  it('gives back its delta', () => {
    const curve = [1.5, 2, 4, 8, 16, 32].map((order) => ({ order, rdp: 0.05 * order }));
    const epsilon = epsilonFromRdp(curve, 1e-5);
    expect(deltaFromRdp(curve, epsilon)).toBeCloseTo(1e-5, 15);
  });

  it('never promises less than 0 or a delta above 1', () => {
    const curve = [{ order: 2, rdp: 1e-9 }];
    expect(epsilonFromRdp(curve, 0.9)).toBe(0);
    expect(deltaFromRdp([{ order: 2, rdp: 50 }], 0)).toBe(1);
  });
});

describe('rdpOf', () => {
  const good = { sigma: 1, q: 0.1, steps: 10, adjacency: 'add-or-remove-one', order: 4 } as const;

  it('adds up over steps', () => {
    expect(rdpOf(good)).toBe(10 * sampledGaussianRdp(1, 0.1, 4));
  });

  it.each([
    { sigma: -1 },
    { sigma: 0 },
    { sigma: Number.NaN },
    { sigma: Number.POSITIVE_INFINITY },
    { q: 0 },
    { q: 1.01 },
    { q: -0.1 },
    { q: Number.NaN },
    { steps: 0 },
    { steps: 2.5 },
    { steps: -3 },
    { steps: Number.NaN },
    { order: 1 },
    { order: Number.NaN },
    { adjacency: 'zero-out' as 'replace-one' },
  ])('refuses %o', (bad) => {
    expect(() => rdpOf({ ...good, ...bad })).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });
});
