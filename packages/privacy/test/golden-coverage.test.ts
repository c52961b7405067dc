import { describe, expect, it } from 'vitest';
import { compositionEpsilon } from '../src/composition/composition-epsilon.ts';
import { epsilonOf } from '../src/epsilon/epsilon-of.ts';
import { goldenValues, type GoldenValue } from './golden-values.ts';
import { treeColumns } from './tree-columns.ts';

const byId = (id: string) => goldenValues.find((row) => row.id === id)!;

/**
 * Randomised response is the worst mechanism that keeps a pure epsilon, and the chance that a promise fails is independent
 * of the rest: so a composition of (ε, δ) promises is one of responses, at what is left of delta (Kairouz, Oh, Viswanath 2015).
 */
function ofPromises(promises: readonly { epsilon: number; delta: number; steps: number }[], delta: number): number {
  const kept = promises.reduce((product, promise) => product * (1 - promise.delta) ** promise.steps, 1);
  return compositionEpsilon({
    parts: promises.map(({ epsilon, steps }) => ({
      mechanism: 'randomised-response',
      ...{ epsilon, steps, categories: 2 },
    })),
    ...{ adjacency: 'replace-one', accountant: 'pld', delta: Math.max(1e-100, 1 - (1 - delta) / kept) },
  });
}

describe('golden values of compositions and trees', () => {
  it('dpacc-pld-epsdelta', () => {
    const row = byId('dpacc-pld-epsdelta') as GoldenValue & { components: [number, number][] };
    const promises = row.components.map(([epsilon, delta]) => ({ epsilon, delta, steps: 1 }));
    expect(ofPromises(promises, row.delta)).toBeCloseTo(row.expected, 9);
  });

  it('dpacc-advanced-c', () => {
    const row = byId('dpacc-advanced-c') as GoldenValue & { epsilon: number; per_query_delta: number };
    const found = ofPromises([{ epsilon: row.epsilon, delta: row.per_query_delta, steps: row.steps }], row.delta);
    // The source looks at whole multiples of epsilon only: the least of those that hold.
    expect(found).toBeLessThanOrEqual(row.expected + 1e-7);
    expect(found).toBeGreaterThan(row.expected - 2);
  });

  it('tfp-tree-1.13: one epoch through binary trees moves as many nodes as the deepest leaf has above it', () => {
    const row = byId('tfp-tree-1.13');
    // Each unit takes part once, so the squared norm of the longest column is what it moves.
    const nodes = Math.max(...treeColumns(row.steps).map((column) => column.reduce((sum, entry) => sum + entry, 0)));
    expect(nodes).toBe(11);
    const sigma = row.sigma / Math.sqrt(nodes);
    const epsilon = epsilonOf({
      ...{ sigma, q: 1, steps: 1, adjacency: 'add-or-remove-one', delta: row.delta, accountant: 'pld' },
    });
    expect(epsilon).toBeLessThan(row.expected);
    expect(epsilon).toBeGreaterThan(row.expected - 2.5);
  });
});

const sampled = ({ mechanism }: GoldenValue) => ['gaussian', 'poisson_subsampled_gaussian'].includes(mechanism);

/** Which test holds a row, or why none does. The first that fits counts. */
const uses: readonly [string, (row: GoldenValue) => boolean][] = [
  [
    'epsilonOf by PLD (accountant-golden)',
    (row) =>
      sampled(row) &&
      row.quantity.startsWith('epsilon') &&
      (['PLD', 'PRV'].includes(row.accountant) || Boolean(row.true_epsilon)) &&
      row.accountant !== 'RDP',
  ],
  [
    'epsilonOf by RDP (accountant-golden)',
    (row) => sampled(row) && row.accountant === 'RDP' && row.quantity === 'epsilon',
  ],
  ['rdpOf (accountant-golden)', (row) => sampled(row) && row.quantity === 'rdp'],
  ['conversions (accountant-golden)', ({ id }) => ['dpacc-pure-conversion', 'tfp-zcdp-081'].includes(id)],
  [
    'calibrateSigma (accountant-golden)',
    ({ id }) => ['opacus-noise-rdp-epochs', 'opacus-noise-prv-epochs'].includes(id),
  ],
  ['analyticGaussianDelta (accountant-golden)', ({ id }) => id === 'dpacc-min-gaussian-b'],
  ['the GDP accountant reports less than the truth (accountant-golden)', ({ id }) => id === 'opacus-gdp-default'],
  ['Laplace (composition)', ({ id }) => id === 'dpacc-pld-laplace'],
  ['groupEpsilon (group-epsilon)', ({ mechanism }) => mechanism === 'group_privacy_dp_sgd'],
  ['audits (audit-golden)', ({ accountant }) => accountant === 'audit'],
  ['mostTruePositives (run-trade-off)', ({ quantity }) => quantity.startsWith('tpr_at_fpr')],
  ['squaredSensitivity (correlated)', ({ accountant }) => accountant === 'sensitivity'],
  ['here', ({ id }) => ['dpacc-pld-epsdelta', 'dpacc-advanced-c', 'tfp-tree-1.13'].includes(id)],
  // Not applicable.
  ['none: noise by GDP is too little, and is not offered', ({ accountant }) => accountant === 'GDP-CLT'],
  ['none: no exponential mechanism is offered', ({ mechanism }) => mechanism === 'exponential_mechanism'],
  [
    'none: no mechanism here moves a sum by a random amount',
    ({ mechanism }) => mechanism === 'mixture_of_gaussians_composed',
  ],
];

describe('every golden value', () => {
  it('is held by a test, or there is a reason why not: 131 in all', () => {
    const counts = new Map(uses.map(([use]) => [use, 0]));
    const unused: string[] = [];
    for (const row of goldenValues) {
      const use = uses.find(([, fits]) => fits(row));
      if (use) counts.set(use[0], counts.get(use[0])! + 1);
      else unused.push(row.id);
    }
    expect(unused).toEqual([]);
    expect([...counts.values()].reduce((a, b) => a + b)).toBe(131);
    expect(Object.fromEntries(counts)).toEqual({
      'Laplace (composition)': 1,
      'analyticGaussianDelta (accountant-golden)': 1,
      'audits (audit-golden)': 7,
      'calibrateSigma (accountant-golden)': 2,
      'conversions (accountant-golden)': 2,
      'epsilonOf by PLD (accountant-golden)': 48,
      'epsilonOf by RDP (accountant-golden)': 21,
      'groupEpsilon (group-epsilon)': 4,
      here: 3,
      'mostTruePositives (run-trade-off)': 3,
      'none: no exponential mechanism is offered': 1,
      'none: no mechanism here moves a sum by a random amount': 1,
      'none: noise by GDP is too little, and is not offered': 1,
      'rdpOf (accountant-golden)': 31,
      'squaredSensitivity (correlated)': 4,
      'the GDP accountant reports less than the truth (accountant-golden)': 1,
    });
  });
});
