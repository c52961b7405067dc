import type { Adjacency } from '../adjacency.ts';
import { checkDelta } from '../check-mechanism.ts';
import { checkAccountant, type Accountant } from '../epsilon/accountant.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { composedEpsilon } from '../pld/composed-epsilon.ts';
import { epsilonFromRdp } from '../rdp/epsilon-from-rdp.ts';
import { checkComposition } from './check-composition.ts';
import { compositionDirections } from './composition-directions.ts';
import { compositionRdp } from './composition-rdp.ts';
import type { MechanismSteps } from './mechanism-steps.ts';
import { oneRun } from './one-run.ts';

/** What is accounted: all parts, on the same data. */
export interface Composition {
  readonly parts: readonly MechanismSteps[];
  readonly adjacency: Adjacency;
  readonly accountant: Accountant;
}

/**
 * The epsilon at which all parts together are (epsilon, delta)-differentially private; never below the truth, and with
 * `pld` at most 0.002 above it. Parts are chosen beforehand, not by what earlier ones showed.
 *
 * @throws `privacy.badParameter`
 * @example compositionEpsilon({ parts: [{ mechanism: 'laplace', scale: 1, steps: 3 }], adjacency: 'add-or-remove-one', accountant: 'pld', delta: 1e-14 }) // 3
 */
export function compositionEpsilon({
  parts,
  adjacency,
  accountant,
  delta,
}: Composition & { readonly delta: number }): number {
  checkComposition(parts, adjacency);
  checkDelta(delta);
  checkAccountant(accountant);
  const run = oneRun(parts);
  if (run !== undefined) return epsilonOf({ ...run, adjacency, accountant, delta });
  if (accountant === 'rdp') return epsilonFromRdp(compositionRdp(parts, adjacency), delta);
  const epsilons = compositionDirections(parts, adjacency).map((direction) =>
    Math.min(
      // Without delta: the largest loss of all.
      direction.reduce((sum, { source, steps }) => sum + steps * source.sup, 0),
      composedEpsilon(direction, delta).epsilon,
    ),
  );
  return Math.max(...epsilons);
}
