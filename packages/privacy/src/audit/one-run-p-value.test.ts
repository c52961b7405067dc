import { describe, expect, it } from 'vitest';
import { oneRunEpsilon } from './one-run-epsilon.ts';
import { oneRunPValue } from './one-run-p-value.ts';

describe('oneRunPValue', () => {
  it('is the chance of a coin at epsilon 0: 8 or more of 10 right is 56/1024', () => {
    expect(oneRunPValue({ canaries: 10, guesses: 10, correct: 8, epsilon: 0, delta: 0 })).toBeCloseTo(56 / 1024, 9);
  });

  it('is that of a biased coin above it: 3 of 3 right at ln 3 is 27/64', () => {
    expect(oneRunPValue({ canaries: 3, guesses: 3, correct: 3, epsilon: Math.log(3), delta: 0 })).toBeCloseTo(
      27 / 64,
      9,
    );
  });

  it('pays for delta with 2·m·δ times the steepest mean of the distribution: 2 of 2 right at epsilon 0', () => {
    // P(W ≥ 2) = ¼; the means of P(2 − i ≤ W < 2)/i are ½ and ⅜; 2·100·0.001·½ = 0.1.
    expect(oneRunPValue({ canaries: 100, guesses: 2, correct: 2, epsilon: 0, delta: 0.001 })).toBeCloseTo(0.35, 9);
  });

  it('is 1 without a right guess, and falls with each more', () => {
    const of = (correct: number) => oneRunPValue({ canaries: 50, guesses: 20, correct, epsilon: 0.5, delta: 1e-5 });
    expect(of(0)).toBe(1);
    for (let correct = 1; correct <= 20; correct++) expect(of(correct)).toBeLessThanOrEqual(of(correct - 1));
    expect(of(20)).toBeGreaterThan(0);
  });

  it.each([
    [{ correct: 11 }],
    [{ guesses: 9 }],
    [{ canaries: 9.5 }],
    [{ epsilon: -1 }],
    [{ delta: 2 }],
    [{ correct: -1 }],
  ])('refuses %o', (bad) => {
    const good = { canaries: 10, guesses: 10, correct: 10, epsilon: 1, delta: 0 };
    expect(() => oneRunPValue({ ...good, ...bad })).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });
});

describe('oneRunEpsilon', () => {
  it('is where the p-value passes the significance, from below', () => {
    const outcome = { canaries: 1000, guesses: 100, correct: 95, delta: 1e-5 };
    const epsilon = oneRunEpsilon({ ...outcome, significance: 0.05 });
    expect(oneRunPValue({ ...outcome, epsilon })).toBeLessThanOrEqual(0.05);
    expect(oneRunPValue({ ...outcome, epsilon: epsilon + 1e-6 })).toBeGreaterThan(0.05);
    // Clopper and Pearson's lower limit for 95 of 100 at 95 % is 0.8977: ln(0.8977/0.1023) = 2.172 without delta.
    expect(oneRunEpsilon({ ...outcome, delta: 0, significance: 0.05 })).toBeCloseTo(2.172, 2);
    expect(epsilon).toBeLessThan(2.172);
  });

  it('is 0 for guesses that a coin makes, and stays finite when all are right', () => {
    expect(oneRunEpsilon({ canaries: 100, guesses: 100, correct: 52, delta: 1e-5, significance: 0.05 })).toBe(0);
    // p = 0.05^(1/100) = 0.97049 for all of 100 right: ln(p/(1 − p)) = 3.4929.
    expect(oneRunEpsilon({ canaries: 100, guesses: 100, correct: 100, delta: 0, significance: 0.05 })).toBeCloseTo(
      3.4929,
      3,
    );
  });
});
