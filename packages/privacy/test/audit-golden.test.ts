import { describe, expect, it } from 'vitest';
import { katzRatio } from '../src/audit/katz-ratio.ts';
import { oneRunEpsilon } from '../src/audit/one-run-epsilon.ts';
import { oneRunGaussianEpsilon } from '../src/audit/one-run-gaussian-epsilon.ts';
import { oneRunGaussianShift } from '../src/audit/one-run-gaussian-shift.ts';
import { oneRunPValue } from '../src/audit/one-run-p-value.ts';
import { refutesTradeOff } from '../src/audit/refutes-trade-off.ts';
import { gaussianTradeOff } from '../src/audit/trade-off.ts';
import type { Guesses } from '../src/audit/guesses.ts';
import { normalQuantile } from '../src/numeric/normal-quantile.ts';
import { goldenValues, type GoldenValue } from './golden-values.ts';

interface AuditRow extends GoldenValue {
  readonly significance: number;
  readonly shift: number;
  readonly n_in: number;
  readonly [count: string]: unknown;
}
const rows = goldenValues.filter(({ accountant }) => accountant === 'audit') as AuditRow[];

/**
 * The outcomes at the thresholds on the lower hull of (missed members, spared others), and how many thresholds these are: what
 * the source divides its significance by.
 */
function outcomesOnHull(shift: number, count: number): { outcomes: Guesses[]; thresholds: number } {
  const others = Array.from({ length: count }, (_, i) => normalQuantile((i + 0.5) / count));
  const members = others.map((score) => score + shift);
  const below = (sorted: readonly number[], limit: number) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const limits = [...new Set([...members, ...others])].sort((a, b) => a - b);
  let points = [...limits, Number.POSITIVE_INFINITY].map((t) => [below(members, t), below(others, t)] as const);
  for (let before = 0; before !== points.length;) {
    before = points.length;
    points = points.filter(([x, y], i) => {
      const [a, b] = [points[i - 1], points[i + 1]];
      return !a || !b || (y - a[1]) * (b[0] - x) - (b[1] - y) * (x - a[0]) > 0;
    });
  }
  const outcomes = points
    .map(([missed, spared]) => ({ canaries: 2 * count, guesses: 2 * count - missed - spared, correct: count - missed }))
    .filter(({ guesses }) => guesses > 0)
    // Those that show most come first: few of the others then have to be looked at in full.
    .sort((a, b) => precision(b) - precision(a));
  return { outcomes, thresholds: points.length };
}

/** A lower limit, roughly, on the chance that a guess is right. */
const precision = ({ guesses, correct }: Guesses) =>
  (correct - 3 * Math.sqrt(correct - correct ** 2 / guesses)) / guesses;

describe('audits in one run against jax_privacy', () => {
  const oneRun = rows.filter(({ mechanism }) => mechanism === 'one_run');
  it.each(oneRun.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { outcomes, thresholds } = outcomesOnHull(row.shift, row.n_in);
    const at = { delta: row.delta, significance: row.significance / thresholds };
    let bound = 0;
    for (const outcome of outcomes) {
      if (outcome.correct > 0 && oneRunPValue({ ...outcome, delta: row.delta, epsilon: bound }) <= at.significance)
        bound = Math.max(bound, oneRunEpsilon({ ...outcome, ...at }));
    }
    expect(Math.abs(bound - row.expected)).toBeLessThanOrEqual(row.tolerance * Math.max(row.expected, 1e-9));
  });

  const fdp = rows.filter(({ mechanism }) => mechanism === 'one_run_fdp');
  it.each(fdp.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const { outcomes, thresholds } = outcomesOnHull(row.shift, row.n_in);
    const significance = row.significance / thresholds;
    let shift = 0;
    let strongest = outcomes[0]!;
    for (const outcome of outcomes) {
      if (!refutesTradeOff({ ...outcome, significance, promised: gaussianTradeOff(shift) })) continue;
      shift = oneRunGaussianShift({ ...outcome, significance });
      strongest = outcome;
    }
    const bound = oneRunGaussianEpsilon({ ...strongest, significance, delta: row.delta });
    expect(Math.abs(bound - row.expected)).toBeLessThanOrEqual(row.tolerance * Math.max(row.expected, 1e-9));
  });
});

describe('ratios of rates against tensorflow_privacy', () => {
  const katz = rows.filter(({ mechanism }) => mechanism === 'katz_log_ratio');
  it.each(katz.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const ratio = katzRatio({
      truePositives: row['tp'] as number,
      falseNegatives: row['fn'] as number,
      falsePositives: row['fp'] as number,
      trueNegatives: row['tn'] as number,
      significance: row.significance,
    });
    expect(Math.abs(ratio - row.expected)).toBeLessThanOrEqual(row.tolerance);
  });
});

it('meets all golden values of audits', () => {
  expect(rows.length).toBe(7);
});
