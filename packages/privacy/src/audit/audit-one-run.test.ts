import { describe, expect, it } from 'vitest';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { sampleDiscreteGaussian } from '../noise/discrete-gaussian.ts';
import { Keystream } from '../noise/keystream.ts';
import { auditOneRun, guessCounts } from './audit-one-run.ts';
import { membershipMetrics } from './membership-metrics.ts';
import { runTradeOff } from './run-trade-off.ts';
import { gaussianTradeOff } from './trade-off.ts';

/** Scores N(0, 1), and N(shift, 1) for the canaries that a coin puts in: a mechanism whose truth is known. */
function simulate({ canaries, shift, seed }: { canaries: number; shift: number; seed: number }) {
  const key = new Uint8Array(32);
  new DataView(key.buffer).setUint32(0, seed);
  const stream = new Keystream(key);
  const included = Array.from({ length: canaries }, () => (stream.next() & 1) === 1);
  const noise = new Float64Array(canaries);
  sampleDiscreteGaussian(1, stream, noise);
  return { scores: noise.map((value, i) => value / 1024 + (included[i] ? shift : 0)), included };
}
const run = { sigma: 1, q: 1, steps: 1, adjacency: 'add-or-remove-one' } as const;
const promised = runTradeOff(run);
const at = { delta: 1e-5, significance: 0.05 };

describe('auditOneRun', () => {
  it('of a true Gaussian: below its epsilon of 4.377, and near it by the trade-off', () => {
    const audit = auditOneRun({ ...simulate({ canaries: 4000, shift: 1, seed: 1 }), promised, ...at });
    const truth = epsilonOf({ ...run, delta: 1e-5, accountant: 'pld' });
    expect(audit.isRefuted).toBe(false);
    expect(audit.epsilon).toBeGreaterThan(0.3);
    expect(audit.epsilon).toBeLessThan(truth);
    expect(audit.gaussianEpsilon).toBeGreaterThan(0.45 * truth);
    expect(audit.gaussianEpsilon).toBeLessThan(truth);
  });

  it('of half the noise that was promised: refuted', () => {
    const audit = auditOneRun({ ...simulate({ canaries: 1000, shift: 2, seed: 2 }), promised, ...at });
    expect(audit.isRefuted).toBe(true);
    expect(audit.gaussianEpsilon).toBeGreaterThan(4.377);
  });

  it('of no noise: refuted by pure counting too', () => {
    const audit = auditOneRun({ ...simulate({ canaries: 1000, shift: 1000, seed: 3 }), promised, ...at });
    expect(audit).toMatchObject({ isRefuted: true, guesses: 500, correct: 500 });
    expect(audit.epsilon).toBeGreaterThan(4.377);
  });

  it('refutes what keeps its promise in less than one of twenty runs: in 150 runs at most 7 (none is usual)', () => {
    let refuted = 0;
    for (let seed = 100; seed < 250; seed++) {
      if (auditOneRun({ ...simulate({ canaries: 120, shift: 1, seed }), promised, ...at }).isRefuted) refuted++;
    }
    expect(refuted).toBeLessThanOrEqual(7);
  });

  it('shows nothing of scores that know nothing', () => {
    const audit = auditOneRun({
      ...simulate({ canaries: 500, shift: 0, seed: 4 }),
      promised: gaussianTradeOff(0.01),
      ...at,
    });
    expect(audit).toMatchObject({ epsilon: 0, gaussianEpsilon: 0, isRefuted: false });
  });

  it('equal scores say nothing, in whatever order the coins fell', () => {
    const included = Array.from({ length: 200 }, (_, i) => i % 2 === 0);
    const audit = auditOneRun({ scores: new Float64Array(200), included, promised, ...at });
    expect(audit).toMatchObject({ epsilon: 0, gaussianEpsilon: 0 });
  });

  it('settles how many it guesses by the number of canaries alone', () => {
    expect(guessCounts(1000)).toEqual([1000, 500, 250, 124, 62, 30]);
    expect(guessCounts(3)).toEqual([2]);
  });

  it.each([
    { scores: [1], included: [true] },
    { scores: [1, 2], included: [true] },
    { scores: [1, Number.NaN], included: [true, false] },
  ])('refuses %o', (bad) => {
    expect(() => auditOneRun({ ...bad, promised, ...at })).toThrow(
      expect.objectContaining({ code: 'privacy.badParameter' }),
    );
  });
});

describe('membershipMetrics', () => {
  it('of scores that know everything, nothing, and the opposite', () => {
    const included = [true, true, false, false];
    expect(membershipMetrics({ scores: [3, 2, 1, 0], included })).toMatchObject({ auc: 1, truePositiveRate: 1 });
    expect(membershipMetrics({ scores: [1, 1, 1, 1], included })).toMatchObject({ auc: 0.5, truePositiveRate: 0 });
    expect(membershipMetrics({ scores: [0, 1, 2, 3], included })).toMatchObject({ auc: 0, truePositiveRate: 0 });
  });

  it('counts by hand: 3 of 4 pairs right, one member above all others', () => {
    const scores = [5, 1, 3, 0];
    const included = [true, true, false, false];
    expect(membershipMetrics({ scores, included })).toMatchObject({ auc: 0.75, truePositiveRate: 0.5, members: 2 });
    expect(membershipMetrics({ scores, included, falsePositiveRate: 0.5 }).truePositiveRate).toBe(1);
  });

  it('of Gaussians at distance 1: Φ(1/√2) = 0.7602', () => {
    expect(membershipMetrics(simulate({ canaries: 20_000, shift: 1, seed: 7 })).auc).toBeCloseTo(0.7602, 1.8);
  });
});
