import { describe, expect, it } from 'vitest';
import { clopperPearsonEpsilon } from './clopper-pearson-epsilon.ts';
import { clopperPearsonLower, clopperPearsonUpper } from './clopper-pearson.ts';

describe('Clopper and Pearson', () => {
  it('give the rule of three: none of 100 leaves 1 − 0.05^(1/100) possible', () => {
    expect(clopperPearsonUpper(0, 100, 0.05)).toBeCloseTo(1 - 0.05 ** 0.01, 10);
    expect(clopperPearsonLower(100, 100, 0.05)).toBeCloseTo(0.05 ** 0.01, 10);
  });

  it('give the limits of 10 in 100 at 95 % two-sided that tables print: 0.0490 and 0.1762', () => {
    expect(clopperPearsonLower(10, 100, 0.025)).toBeCloseTo(0.0490047, 6);
    expect(clopperPearsonUpper(10, 100, 0.025)).toBeCloseTo(0.1762226, 6);
  });

  it('are 0 and 1 at the ends', () => {
    expect(clopperPearsonUpper(7, 7, 0.05)).toBe(1);
    expect(clopperPearsonLower(0, 7, 0.05)).toBe(0);
  });
});

describe('clopperPearsonEpsilon', () => {
  const perfect = { truePositives: 1000, falseNegatives: 0, falsePositives: 0, trueNegatives: 1000 };

  it('of a test that is never wrong in 1000 runs each: the limits alone bound it', () => {
    const limit = 0.0125 ** 0.001;
    expect(clopperPearsonEpsilon({ ...perfect, delta: 0, significance: 0.05 })).toBeCloseTo(
      Math.log(limit / (1 - limit)),
      8,
    );
  });

  it('is the same for a test and its opposite error, and 0 for guessing', () => {
    const lopsided = { truePositives: 300, falseNegatives: 700, falsePositives: 2, trueNegatives: 998 };
    const mirrored = { truePositives: 998, falseNegatives: 2, falsePositives: 700, trueNegatives: 300 };
    const at = { delta: 1e-5, significance: 0.05 };
    expect(clopperPearsonEpsilon({ ...lopsided, ...at })).toBeCloseTo(clopperPearsonEpsilon({ ...mirrored, ...at }), 9);
    expect(clopperPearsonEpsilon({ ...lopsided, ...at })).toBeGreaterThan(3);
    const guessing = { truePositives: 500, falseNegatives: 500, falsePositives: 500, trueNegatives: 500 };
    expect(clopperPearsonEpsilon({ ...guessing, ...at })).toBe(0);
  });

  it.each([{ truePositives: -1 }, { falsePositives: 0.5 }, { truePositives: 0, falseNegatives: 0 }])(
    'refuses %o',
    (bad) => {
      expect(() => clopperPearsonEpsilon({ ...perfect, ...bad, delta: 0, significance: 0.05 })).toThrow(
        expect.objectContaining({ code: 'privacy.badParameter' }),
      );
    },
  );
});
