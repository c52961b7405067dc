import { epsilonOf, type Adjacency } from '@encryptech/privacy';
import { centralLimitEpsilon, mironov2017Epsilon } from './stale-accounting.ts';

/** One way to account for a run. */
export interface Accounted {
  way: string;
  epsilon: number;
  /** False where the number is no promise. */
  sound: boolean;
}

export interface ComparedRun {
  sigma: number;
  q: number;
  steps: number;
  delta: number;
}

/** Numbers this near, relative, count as the same: published ones have two decimals. */
const ALIKE = 0.01;

/**
 * What the same run costs under other adjacencies, samplers and accountants, and what outdated accountants would print.
 *
 * Batches that are shuffled or of fixed size are not amplified by any theorem that fits all of them: a unit takes part in
 * ⌈q·steps⌉ steps, and each counts in full.
 */
export function compareAccounting({ delta, ...run }: ComparedRun): Accounted[] {
  const poisson = (adjacency: Adjacency, accountant: 'pld' | 'rdp'): number =>
    epsilonOf({ ...run, adjacency, accountant, delta });
  const unamplified = { sigma: run.sigma, q: 1, steps: Math.ceil(run.q * run.steps) };
  const addOrRemove = { ...run, adjacency: 'add-or-remove-one', delta } as const;
  return [
    { way: 'Poisson sampling, add-or-remove-one, PLD', epsilon: poisson('add-or-remove-one', 'pld'), sound: true },
    { way: 'Poisson sampling, add-or-remove-one, RDP', epsilon: poisson('add-or-remove-one', 'rdp'), sound: true },
    { way: 'Poisson sampling, replace-one, PLD', epsilon: poisson('replace-one', 'pld'), sound: true },
    { way: 'Poisson sampling, replace-one, RDP', epsilon: poisson('replace-one', 'rdp'), sound: true },
    {
      way: 'shuffled or fixed batches, add-or-remove-one, PLD',
      epsilon: epsilonOf({ ...unamplified, adjacency: 'add-or-remove-one', accountant: 'pld', delta }),
      sound: true,
    },
    {
      way: 'shuffled or fixed batches, replace-one, PLD',
      epsilon: epsilonOf({ ...unamplified, adjacency: 'replace-one', accountant: 'pld', delta }),
      sound: true,
    },
    { way: 'outdated: RDP with the conversion of 2017', epsilon: mironov2017Epsilon(addOrRemove), sound: true },
    { way: 'unsound: central limit (GDP)', epsilon: centralLimitEpsilon(addOrRemove), sound: false },
  ];
}

export interface Verdict {
  verdict: 'current' | 'stale' | 'too-low' | 'other';
  words: string;
}

/** What a published epsilon is, given what the ways say of its run. */
export function judgePublished(published: number, ways: readonly Accounted[]): Verdict {
  const [pld, , replace, , , , old, limit] = ways.map(({ epsilon }) => epsilon) as [number, ...number[]];
  const same = (epsilon: number | undefined): boolean =>
    epsilon !== undefined && Math.abs(published / epsilon - 1) <= ALIKE;
  if (same(pld)) return { verdict: 'current', words: 'what accountants of today say under add-or-remove-one' };
  if (same(old))
    return { verdict: 'stale', words: `the conversion of 2017; the same run is known today to cost ${pld.toFixed(3)}` };
  if (same(limit) && published < pld)
    return { verdict: 'too-low', words: `a central-limit approximation; the run costs ${pld.toFixed(3)}` };
  if (same(replace)) return { verdict: 'current', words: 'what accountants of today say under replace-one' };
  if (published < pld)
    return { verdict: 'too-low', words: `below what the run costs under add-or-remove-one, ${pld.toFixed(3)}` };
  return { verdict: 'other', words: `above ${pld.toFixed(3)}, what the run costs under add-or-remove-one` };
}
