import { canonicalJson, digestOf, fromHex, utf8 } from '@encryptech/base';
import type { Adjacency } from '../adjacency.ts';
import { privacyError } from '../errors.ts';
import { LANE_MAX, LEDGER_ORDERS_X10 } from '../ledger/ledger-orders.ts';
import { packLanes } from '../ledger/pack-lanes.ts';
import type { PackedCharge } from '../ledger/packed-charge.ts';
import { deriveKeystream } from '../noise/derive-keystream.ts';
import { createPlan } from '../plan/create-plan.ts';
import type { PrivacyPlanJson } from '../plan/privacy-plan-json.ts';
import { rdpOf } from '../rdp/rdp-of.ts';
import { chooseIndex } from '../sampling/choose-index.ts';
import { checkRunCount, drawRunCount, type RunCount } from './run-count.ts';
import { searchedRun, tunedEpsilon } from './tuned-epsilon.ts';
import { tunedRdp } from './tuned-rdp.ts';

/** A search over plans, priced as a whole. */
export interface Search {
  readonly plans: readonly PrivacyPlanJson[];
  readonly runs: RunCount;
  readonly adjacency: Adjacency;
  /** What the whole search costs, the release of its best result included. */
  readonly epsilon: number;
  readonly delta: number;
  /** What it costs a dataset's Rényi ledger. */
  readonly charge: PackedCharge;
  /**
   * Which plan each run takes, drawn from 32 secret random bytes. The list and its length stay secret, the time that its runs
   * take too: who knows the length knows more than epsilon allows.
   */
  draw(root: Uint8Array): Uint32Array;
}

/**
 * A search by repeat-and-select over plans, whose runs differ in whatever else they like: a secret random number of runs, each
 * of a plan drawn for itself; only the best is released. Scoring is not private by itself: it must know the rows only
 * through what a run released.
 *
 * @throws `privacy.badPlan` for plans of different units, adjacencies or deltas, or none; `privacy.badParameter`
 */
export function createSearch(candidates: readonly PrivacyPlanJson[], runs: RunCount): Search {
  checkRunCount(runs);
  const plans = candidates.map(createPlan);
  const [first] = plans;
  const isAlike = plans.every(
    ({ adjacency, unit, deltaExponent }) =>
      adjacency === first?.adjacency && unit === first.unit && deltaExponent === first.deltaExponent,
  );
  if (first === undefined || !isAlike) {
    throw privacyError({
      code: 'privacy.badPlan',
      message: 'A search is over one plan or more, all of one adjacency, privacy unit and delta.',
    });
  }
  const { adjacency, delta } = first;
  const parts = plans.map(({ mechanism: { sigma, q, steps } }) => [
    { mechanism: 'sampled-gaussian' as const, sigma, q, steps },
  ]);
  const run = searchedRun(parts, adjacency);
  const lanes = LEDGER_ORDERS_X10.map((x10) => {
    const order = x10 / 10;
    const rdp = Math.max(...plans.map(({ mechanism }) => rdpOf({ ...mechanism, order })));
    return Math.min(LANE_MAX, Math.ceil(1e6 * tunedRdp(run, runs, { order, rdp })));
  });
  const json = plans.map((plan) => plan.toJSON());
  const context = fromHex(digestOf(utf8(canonicalJson({ search: { plans: json as never, runs: { ...runs } } }))));
  return {
    ...{ plans: json, runs, adjacency, delta },
    epsilon: tunedEpsilon({ candidates: parts, adjacency, runs, delta }),
    charge: packLanes(lanes),
    draw(root) {
      const count = drawRunCount(runs, deriveKeystream(root, context, { label: 'sample', step: 0 }));
      const choices = deriveKeystream(root, context, { label: 'choose', step: 0 });
      return Uint32Array.from({ length: count }, () => chooseIndex(choices, plans.length));
    },
  };
}
