import { checkEpsilon } from '../check-mechanism.ts';
import { checkAccountant } from '../epsilon/accountant.ts';
import { deltaOf } from '../epsilon/delta-of.ts';
import { composedDelta } from '../pld/composed-delta.ts';
import { deltaFromRdp } from '../rdp/delta-from-rdp.ts';
import { checkComposition } from './check-composition.ts';
import { compositionDirections } from './composition-directions.ts';
import type { Composition } from './composition-epsilon.ts';
import { compositionRdp } from './composition-rdp.ts';
import { oneRun } from './one-run.ts';

/**
 * The delta at which all parts together are (epsilon, delta)-differentially private; never below the truth.
 *
 * @throws `privacy.badParameter`
 */
export function compositionDelta({
  parts,
  adjacency,
  accountant,
  epsilon,
}: Composition & { readonly epsilon: number }): number {
  checkComposition(parts, adjacency);
  checkEpsilon(epsilon);
  checkAccountant(accountant);
  const run = oneRun(parts);
  if (run !== undefined) return deltaOf({ ...run, adjacency, accountant, epsilon });
  if (accountant === 'rdp') return deltaFromRdp(compositionRdp(parts, adjacency), epsilon);
  return Math.max(...compositionDirections(parts, adjacency).map((direction) => composedDelta(direction, epsilon)));
}
