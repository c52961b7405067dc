import { epsilonOf, type Adjacency } from '@encryptech/privacy';
import { centralLimitEpsilon, mironov2017Epsilon } from './stale-accounting.ts';

/** One way to account for a run. */
export interface Accounted {
  name:
    | 'pld'
    | 'rdp'
    | 'replace-pld'
    | 'replace-rdp'
    | 'shuffled'
    | 'replace-shuffled'
    | 'conversion-2017'
    | 'central-limit';
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
    {
      name: 'pld',
      way: 'Poisson sampling, add-or-remove-one, PLD',
      epsilon: poisson('add-or-remove-one', 'pld'),
      sound: true,
    },
    {
      name: 'rdp',
      way: 'Poisson sampling, add-or-remove-one, RDP',
      epsilon: poisson('add-or-remove-one', 'rdp'),
      sound: true,
    },
    {
      name: 'replace-pld',
      way: 'Poisson sampling, replace-one, PLD',
      epsilon: poisson('replace-one', 'pld'),
      sound: true,
    },
    {
      name: 'replace-rdp',
      way: 'Poisson sampling, replace-one, RDP',
      epsilon: poisson('replace-one', 'rdp'),
      sound: true,
    },
    {
      name: 'shuffled',
      way: 'shuffled or fixed batches, add-or-remove-one, PLD',
      epsilon: epsilonOf({ ...unamplified, adjacency: 'add-or-remove-one', accountant: 'pld', delta }),
      sound: true,
    },
    {
      name: 'replace-shuffled',
      way: 'shuffled or fixed batches, replace-one, PLD',
      epsilon: epsilonOf({ ...unamplified, adjacency: 'replace-one', accountant: 'pld', delta }),
      sound: true,
    },
    {
      name: 'conversion-2017',
      way: 'outdated: RDP with the conversion of 2017',
      epsilon: mironov2017Epsilon(addOrRemove),
      sound: true,
    },
    {
      name: 'central-limit',
      way: 'unsound: central limit (GDP)',
      epsilon: centralLimitEpsilon(addOrRemove),
      sound: false,
    },
  ];
}

export interface Verdict {
  verdict: 'current' | 'stale' | 'too-low' | 'other';
  words: string;
}

/** What a published epsilon is, given what the ways say of its run. */
export function judgePublished(published: number, ways: readonly Accounted[]): Verdict {
  const of = (name: Accounted['name']): number => ways.find((way) => way.name === name)!.epsilon;
  const [pld, old, limit] = [of('pld'), of('conversion-2017'), of('central-limit')];
  const same = (epsilon: number): boolean => Math.abs(published / epsilon - 1) <= ALIKE;
  if (same(pld)) return { verdict: 'current', words: 'what accountants of today say under add-or-remove-one' };
  if (same(old))
    return { verdict: 'stale', words: `the conversion of 2017; the same run is known today to cost ${pld.toFixed(3)}` };
  if (same(limit) && published < pld)
    return { verdict: 'too-low', words: `a central-limit approximation; the run costs ${pld.toFixed(3)}` };
  if (same(of('replace-pld'))) return { verdict: 'current', words: 'what accountants of today say under replace-one' };
  if (published < pld)
    return { verdict: 'too-low', words: `below what the run costs under add-or-remove-one, ${pld.toFixed(3)}` };
  return { verdict: 'other', words: `above ${pld.toFixed(3)}, what the run costs under add-or-remove-one` };
}
