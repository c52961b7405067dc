import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankCandidates, type Candidate } from './score.ts';

const candidate = fc.record({
  id: fc.stringMatching(/^[a-f]{4}$/),
  ask: fc.bigInt({ min: 0n, max: 10n ** 24n }),
  level: fc.nat(3),
  speed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  reputationBps: fc.nat(10_000),
});
const candidates = fc.uniqueArray(candidate, { selector: (c) => c.id, maxLength: 12 });
const even = { security: 3_334, performance: 3_333, cost: 3_333 };

test('literal marks and score', () => {
  const some: Candidate[] = [
    { id: 'a', ask: 30n, level: 1, speed: 50n, reputationBps: 5_000 },
    { id: 'b', ask: 20n, level: 0, speed: 100n, reputationBps: 3_333 },
  ];
  expect(rankCandidates({ security: 2_000, performance: 3_000, cost: 5_000 }, some)).toStrictEqual([
    { id: 'b', score: 1_066_640_000_000, security: 0, performance: 10_000, cost: 10_000, reputationBps: 3_333 },
    { id: 'a', score: 824_940_000_000, security: 3_333, performance: 5_000, cost: 6_666, reputationBps: 5_000 },
  ]);
});

test('the ranking does not depend on the order of the candidates', () => {
  fc.assert(
    fc.property(candidates, (some) => {
      expect(rankCandidates(even, [...some].reverse())).toStrictEqual(rankCandidates(even, some));
    }),
  );
});

test('marks stay in 0…10,000, scores are exact integers, the best comes first', () => {
  fc.assert(
    fc.property(candidates, (some) => {
      const ranked = rankCandidates(even, some);
      for (const [i, { score, security, performance, cost }] of ranked.entries()) {
        for (const mark of [security, performance, cost]) expect(mark >= 0 && mark <= 10_000).toBe(true);
        expect(Number.isSafeInteger(score)).toBe(true);
        if (i > 0) expect(score).toBeLessThanOrEqual(ranked[i - 1]!.score);
      }
    }),
  );
});

test('to be better in anything never lowers the score', () => {
  fc.assert(
    fc.property(candidate, candidate, (a, b) => {
      const better = {
        ...a,
        id: 'z',
        level: Math.min(3, a.level + 1),
        reputationBps: Math.min(10_000, a.reputationBps + 1),
      };
      const scores = new Map(
        rankCandidates(even, [{ ...a, id: 'y' }, { ...b, id: 'x' }, better]).map((c) => [c.id, c.score]),
      );
      expect(scores.get('z')!).toBeGreaterThanOrEqual(scores.get('y')!);
    }),
  );
});

test('weights are basis points that add up', () => {
  for (const weights of [
    { security: 5_000, performance: 5_000, cost: 5_000 },
    { security: -1, performance: 5_001, cost: 5_000 },
    { security: 0.5, performance: 9_999.5, cost: 0 },
  ]) {
    expect(() => rankCandidates(weights, [])).toThrow(expect.objectContaining({ code: 'market.badParameter' }));
  }
});
