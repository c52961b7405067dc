import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import { summarise } from './interleave.ts';
import { lineProcess } from './line-process.ts';
import { pythonEnvironment } from './python-environment.ts';

const PACKAGES = ['dp-accounting==0.6.0'];

/** A run, what our accountant says of it, the lower end of its bracket of the truth, and how long it took. */
export interface TimedRun {
  readonly sigma: number;
  readonly q: number;
  readonly steps: number;
  readonly delta: number;
  readonly adjacency: string;
  readonly epsilon: number;
  readonly lower: number;
  readonly seconds: number;
}

/**
 * The same runs by the PLD accountant of dp-accounting with its own defaults: how far above the truth it is at most, beside ours
 * (both against the lower end of our bracket), how long it takes, and how many times ours is faster. Nothing where Python is missing.
 */
export async function besideDpAccounting(runs: readonly TimedRun[]): Promise<Figure[]> {
  const environment = pythonEnvironment('accountants', PACKAGES);
  if ('missing' in environment) {
    console.error(`dp-accounting can't be compared with: ${environment.missing}.`);
    return [];
  }
  const script = fileURLToPath(new URL('../peers/dp_accounting_peer.py', import.meta.url));
  const peer = lineProcess(environment.python, [script]);
  const theirs: { epsilon: number; seconds: number }[] = [];
  try {
    for (const { sigma, q, steps, delta, adjacency } of runs) {
      const answer = await peer.ask<{ error?: string; epsilon: number; seconds: number }>({
        ...{ sigma, q, steps, delta, adjacency },
      });
      if (answer.error !== undefined) throw new Error(`dp-accounting stopped: ${answer.error}`);
      theirs.push(answer);
    }
  } finally {
    peer.close();
  }
  const settings = { peer: PACKAGES[0]!, runs: runs.length, adjacency: runs[0]!.adjacency, delta: runs[0]!.delta };
  const reported = { goal: null, holds: null, settings };
  const above = (epsilons: readonly number[]) => Math.max(...epsilons.map((epsilon, i) => epsilon - runs[i]!.lower));
  const ratios = theirs.map(({ seconds }, i) => seconds / runs[i]!.seconds);
  return [
    {
      ...{ name: 'accountants.long-runs.ours-above', figure: above(runs.map(({ epsilon }) => epsilon)) },
      ...{ unit: 'epsilon', ...reported },
    },
    {
      ...{ name: 'accountants.long-runs.dp-accounting-above', figure: above(theirs.map(({ epsilon }) => epsilon)) },
      ...{ unit: 'epsilon', ...reported },
    },
    {
      ...{
        name: 'accountants.long-runs.dp-accounting-slowest',
        figure: Math.max(...theirs.map((each) => each.seconds)),
      },
      ...{ unit: 's', ...reported },
    },
    { name: 'accountants.long-runs.times-faster', figure: summarise(ratios).medianMs, unit: 'ratio', ...reported },
  ];
}
