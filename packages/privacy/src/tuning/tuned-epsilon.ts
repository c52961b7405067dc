import { checkDelta } from '../check-mechanism.ts';
import { checkComposition } from '../composition/check-composition.ts';
import { compositionDelta } from '../composition/composition-delta.ts';
import type { Composition } from '../composition/composition-epsilon.ts';
import { compositionRdp } from '../composition/composition-rdp.ts';
import { epsilonFromRdp, type RdpPoint } from '../rdp/epsilon-from-rdp.ts';
import { checkRunCount, RUN_COUNT_ERROR, type RunCount } from './run-count.ts';
import { tunedRdp, type SearchedRun } from './tuned-rdp.ts';

/** Orders at which a Poisson number of runs is priced: each needs a point of the privacy curve. */
const POISSON_ORDERS = [1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 63, 128];

/** The tuned search's divergence at the orders that are tried. */
export function tunedCurve(run: SearchedRun, runs: RunCount): RdpPoint[] {
  const orders = runs.kind === 'poisson' ? run.curve.filter(({ order }) => POISSON_ORDERS.includes(order)) : run.curve;
  return orders.map((point) => ({ order: point.order, rdp: tunedRdp(run, runs, point) }));
}

/** What one run of any of the candidates costs: the worst of them at each order and epsilon. */
export function searchedRun(
  candidates: readonly Composition['parts'][],
  adjacency: Composition['adjacency'],
): SearchedRun {
  const curves = candidates.map((parts) => compositionRdp(parts, adjacency));
  return {
    curve: curves[0]!.map(({ order }, i) => ({ order, rdp: Math.max(...curves.map((curve) => curve[i]!.rdp)) })),
    deltaAt: (epsilon) =>
      Math.max(...candidates.map((parts) => compositionDelta({ parts, adjacency, accountant: 'pld', epsilon }))),
  };
}

/**
 * The epsilon at `delta` of a search over settings by repeat-and-select (see {@link tunedRdp}), never below the truth. Each
 * entry of `candidates` is all that one run of that candidate does to the data, the scoring included; the number of runs
 * stays secret.
 *
 * @throws `privacy.badParameter`
 * @example tunedEpsilon({ candidates: [[{ mechanism: 'gaussian', sigma: 8, steps: 1 }]], adjacency: 'add-or-remove-one', runs: { kind: 'poisson', mean: 10 }, delta: 1e-5 }) // 0.97
 */
export function tunedEpsilon({
  candidates,
  adjacency,
  runs,
  delta,
}: {
  readonly candidates: readonly Composition['parts'][];
  readonly adjacency: Composition['adjacency'];
  readonly runs: RunCount;
  readonly delta: number;
}): number {
  checkDelta(delta);
  checkRunCount(runs);
  for (const parts of candidates) checkComposition(parts, adjacency);
  const curve = tunedCurve(searchedRun(candidates, adjacency), runs);
  // The drawn number of runs is nearly of its distribution: what that may cost is taken off delta first.
  const spare = RUN_COUNT_ERROR * (1 + Math.exp(Math.min(700, epsilonFromRdp(curve, delta / 2))));
  return delta > 2 * spare ? epsilonFromRdp(curve, delta - spare) : Number.POSITIVE_INFINITY;
}
