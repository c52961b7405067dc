import { readFile } from 'node:fs/promises';
import { epsilonBounds, epsilonOf, type Adjacency } from '@encryptech/privacy';
import { besideDpAccounting, type TimedRun } from './beside-dp-accounting.ts';
import type { Figure } from './figure.ts';

interface Golden {
  id: string;
  mechanism: string;
  adjacency: string;
  quantity: string;
  sigma: number;
  q: number;
  steps: number;
  delta: number;
  true_epsilon?: number | null;
}

/** What the golden file's estimates of the truth are good to. */
const GOLDEN_ERROR = 2e-5;

/**
 * How far the PLD accountant is above the truth: against every golden value with a known truth, and against the lower end of
 * its own bracket for long runs; and the longest time that one of them took. Where Python is, dp-accounting does the long runs
 * too.
 */
export async function accountants(): Promise<Figure[]> {
  const file = new URL('../../vectors/accountant.json', import.meta.url);
  const { values } = JSON.parse(await readFile(file, 'utf8')) as { values: Golden[] };
  const golden = values.filter(
    ({ mechanism, true_epsilon }) => mechanism === 'poisson_subsampled_gaussian' && typeof true_epsilon === 'number',
  );
  const errors: number[] = [];
  const seconds: number[] = [];
  const timed = <T>(work: () => T): T => {
    const start = performance.now();
    const result = work();
    seconds.push((performance.now() - start) / 1000);
    return result;
  };
  for (const { sigma, q, steps, delta, adjacency, true_epsilon } of golden) {
    const run = { sigma, q, steps, delta, adjacency: adjacency.replaceAll('_', '-') as Adjacency };
    errors.push(timed(() => epsilonOf({ ...run, accountant: 'pld' })) - true_epsilon!);
  }
  const widths: number[] = [];
  const runs: TimedRun[] = [];
  for (const sigma of [0.8, 1.5, 3])
    for (const q of [0.001, 0.01])
      for (const steps of [10_000, 50_000]) {
        const run = { sigma, q, steps, delta: 1e-6, adjacency: 'add-or-remove-one' } as const;
        const epsilon = timed(() => epsilonOf({ ...run, accountant: 'pld' }));
        const { lower, upper } = epsilonBounds(run);
        widths.push(upper - lower);
        runs.push({ ...run, epsilon, lower, seconds: seconds.at(-1)! });
      }
  const settings = { goldenRows: golden.length, longRuns: widths.length, delta: '1e-6, golden rows as they say' };
  const least = Math.min(...errors);
  const most = Math.max(...errors);
  const widest = Math.max(...widths);
  const slowest = Math.max(...seconds);
  return [
    {
      ...{ name: 'accountants.golden.least-error', figure: least, unit: 'epsilon', goal: '>= 0, to 2e-5' },
      ...{ holds: least >= -GOLDEN_ERROR, settings },
    },
    {
      ...{ name: 'accountants.golden.most-error', figure: most, unit: 'epsilon', goal: '<= 0.002' },
      ...{ holds: most <= 0.002 + GOLDEN_ERROR, settings },
    },
    {
      ...{ name: 'accountants.bracket.widest', figure: widest, unit: 'epsilon', goal: '<= 0.002' },
      ...{ holds: widest <= 0.002, settings },
    },
    {
      ...{ name: 'accountants.slowest', figure: slowest, unit: 's', goal: '< 2', holds: slowest < 2, settings },
    },
    ...(await besideDpAccounting(runs)),
  ];
}
