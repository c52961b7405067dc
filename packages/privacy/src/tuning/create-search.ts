import { canonicalJson, digestOf, fromHex, utf8 } from '@encryptech/base';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Adjacency } from '../adjacency.ts';
import { privacyError } from '../errors.ts';
import { LANE_MAX, LEDGER_ORDERS_X10 } from '../ledger/ledger-orders.ts';
import { packLanes } from '../ledger/pack-lanes.ts';
import type { PackedCharge } from '../ledger/packed-charge.ts';
import { deriveKeystream } from '../noise/derive-keystream.ts';
import { gridNoise } from '../noise/grid-noise.ts';
import { noiseScale } from '../noise/noise-scale.ts';
import { createPlan } from '../plan/create-plan.ts';
import type { PrivacyPlanJson } from '../plan/privacy-plan-json.ts';
import { rdpOf } from '../rdp/rdp-of.ts';
import { chooseIndex } from '../sampling/choose-index.ts';
import { checkRunCount, drawRunCount, type RunCount } from './run-count.ts';
import { searchedParts } from './searched-parts.ts';
import { searchedRun, tunedEpsilon } from './tuned-epsilon.ts';
import { tunedRdp } from './tuned-rdp.ts';

/** A search over plans, priced as a whole. */
export interface Search {
  readonly plans: readonly PrivacyPlanJson[];
  readonly runs: RunCount;
  readonly adjacency: Adjacency;
  /** Noise of a score over the most that one unit adds to it; undefined where scores read no private unit. */
  readonly scoreNoise: number | undefined;
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
  /**
   * What a run may know of a sum over units that its training never touches, to which each adds from −1 to 1: the sum on a grid
   * with discrete Gaussian noise, of its own for each run and sum.
   *
   * @throws `privacy.badPlan` in a search that pays for no scores
   */
  noisedScore(root: Uint8Array, run: number, sum: number): number;
}

/**
 * A search by repeat-and-select over plans, whose runs differ in whatever else they like: a secret random number of runs, each
 * of a plan drawn for itself; only the best is released. Scoring is not private by itself: it must know the rows only
 * through what a run released, or, with `scoreNoise`, by one {@link Search.noisedScore} over units that coins held out of all
 * its trainings. Then a unit is either trained on or scored on, and a run costs whichever is dearer (proofs.md, section 7).
 *
 * @throws `privacy.badPlan` for plans of different units, adjacencies or deltas, or none; `privacy.badParameter`
 */
export function createSearch(candidates: readonly PrivacyPlanJson[], runs: RunCount, scoreNoise?: number): Search {
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
  const parts = searchedParts(
    plans.map(({ mechanism }) => mechanism),
    scoreNoise,
  );
  const run = searchedRun(parts, adjacency);
  const lanes = LEDGER_ORDERS_X10.map((x10) => {
    const order = x10 / 10;
    const rdp = Math.max(...parts.map(([part]) => rdpOf({ ...part!, adjacency, order })));
    return Math.min(LANE_MAX, Math.ceil(1e6 * tunedRdp(run, runs, { order, rdp })));
  });
  const json = plans.map((plan) => plan.toJSON());
  const facts = { plans: json as never, runs: { ...runs }, ...(scoreNoise === undefined ? {} : { scoreNoise }) };
  const context = fromHex(digestOf(utf8(canonicalJson({ search: facts }))));
  return {
    ...{ plans: json, runs, adjacency, delta, scoreNoise },
    epsilon: tunedEpsilon({ candidates: parts, adjacency, runs, delta }),
    charge: packLanes(lanes),
    draw(root) {
      const count = drawRunCount(runs, deriveKeystream(root, context, { label: 'sample', step: 0 }));
      const choices = deriveKeystream(root, context, { label: 'choose', step: 0 });
      return Uint32Array.from({ length: count }, () => chooseIndex(choices, plans.length));
    },
    noisedScore(root, run, sum) {
      if (scoreNoise === undefined) {
        throw privacyError({ code: 'privacy.badPlan', message: 'This search pays for no scores on private units.' });
      }
      const scale = noiseScale({ clipNorm: 1, noiseMultiplier: scoreNoise, dimension: 1 });
      const [noised] = gridNoise(Float64Array.of(sum), scale, ([rounded]) =>
        deriveKeystream(root, context, { label: 'count', step: run, sums: sha256(utf8(String(rounded))) }),
      );
      return noised!;
    },
  };
}
