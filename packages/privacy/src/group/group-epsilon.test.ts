import { describe, expect, it } from 'vitest';
import { goldenValues, type GoldenValue } from '../../test/golden-values.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { groupEpsilon } from './group-epsilon.ts';

const relation = 'add-or-remove-one' as const;

describe('groupEpsilon', () => {
  const rows = goldenValues.filter(({ mechanism }) => mechanism === 'group_privacy_dp_sgd') as (GoldenValue & {
    max_examples_per_user: number;
  })[];
  it.each(rows.map((row) => [row.id, row] as const))('%s', (_, { sigma, q, steps, delta, expected, ...row }) => {
    const accountant = row.accountant === 'PLD' ? 'pld' : 'rdp';
    const group = row.max_examples_per_user;
    const epsilon = groupEpsilon({ sigma, q, steps, delta, group, adjacency: relation, accountant });
    expect(Math.abs(epsilon - expected)).toBeLessThan(Math.max(row.tolerance, 1e-3));
  });

  it('of one unit is its own, and of more at least so many times as much', () => {
    const run = { sigma: 2, q: 0.01, steps: 200, adjacency: relation, delta: 1e-5, accountant: 'rdp' } as const;
    expect(groupEpsilon({ ...run, group: 1 })).toBe(epsilonOf(run));
    const [two, three] = [2, 3].map((group) => groupEpsilon({ ...run, group }));
    expect(two).toBeGreaterThan(2 * epsilonOf(run));
    expect(three).toBeGreaterThan(two!);
  });

  it.each([0, 1.5, 1001])('refuses a group of %d', (group) => {
    const run = { sigma: 2, q: 0.01, steps: 200, adjacency: relation, delta: 1e-5, accountant: 'rdp' } as const;
    expect(() => groupEpsilon({ ...run, group })).toThrow(expect.objectContaining({ code: 'privacy.badParameter' }));
  });
});
