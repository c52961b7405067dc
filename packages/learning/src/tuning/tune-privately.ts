import { canonicalJson, concatBytes, digestOf, fromHex, utf8 } from '@encryptech/base';
import { createSearch, type RunCount, type Search } from '@encryptech/privacy';
import type { Table } from '../data/table.ts';
import type { Engine } from '../engine/engine.ts';
import { learningError } from '../errors.ts';
import { predict } from '../inference/predict.ts';
import { deriveSecret } from '../secrets/derive-secret.ts';
import { runKeys } from '../training/run-keys.ts';
import { trainPrivately, type TrainedModel, type TrainPrivatelyOptions } from '../training/train-privately.ts';
import type { TrainingJob } from '../training/training-job.ts';
import { holdOut } from './hold-out.ts';
import { decodeSearchState, encodeSearchState, type SearchState } from './search-checkpoint.ts';
import { searchMeter, type SearchProgress } from './search-meter.ts';
import { unitScores } from './unit-scores.ts';

/** A score by private units that no run trains on, with noise that the search pays for. */
export interface HeldOut {
  /** The chance with which each unit is held out of all trainings, for scores alone. */
  share: number;
  /** Standard deviation of the noise over what one unit counts at most: 1 where it is right, −1 where it is wrong. */
  noiseMultiplier: number;
  /** Units held out as it is declared: what the noised count is divided by. Public, unlike their number. */
  expectedUnits: number;
}

/**
 * How good a released model is, the larger the better; NaN is worst. It may know the private rows *only through the model*:
 * measure on rows of your own. A score on private rows is a release of its own that nothing here pays for: for those, `HeldOut`.
 */
export type Score = ((model: Uint8Array) => number | Promise<number>) | HeldOut;

export interface TunePrivatelyOptions extends Pick<
  TrainPrivatelyOptions,
  'table' | 'engine' | 'root' | 'signal' | 'now'
> {
  /** What may be tried: jobs that differ in learning rate, clip norm, model, or anything else. Chosen beforehand. */
  candidates: readonly TrainingJob[];
  /** How often something is tried: a secret random number. */
  runs: RunCount;
  score: Score;
  /** Called after each step, for the eyes of the rows' owner alone, see {@link SearchProgress}. */
  onProgress?: ((progress: SearchProgress) => void) | undefined;
  /** Called, and waited for, with each checkpoint of a run and at its end. The bytes are encrypted under the root. */
  onCheckpoint?: ((checkpoint: Uint8Array) => void | Promise<void>) | undefined;
  /** A checkpoint that this search has written: it goes on where it was, to the same end. */
  resumeFrom?: Uint8Array | undefined;
}

/** What comes out of a search, and may leave: the best model, or none where chance had it that nothing was tried. */
export interface TunedModel extends Pick<TrainedModel, 'epsilon' | 'delta' | 'charge'> {
  model: Uint8Array | null;
  /** The job that made it. */
  candidate: number | null;
  /** As it was compared; of held-out units the noised mean, which may lie beyond 0 and 1. */
  score: number | null;
}

/**
 * The best model of a secret random number of trainings, each by a candidate drawn for itself, under randomness of its own.
 * Epsilon and charge are those of the whole search (Papernot and Steinke 2022), not of the best run alone; scores by held-out
 * units are in it.
 *
 * How many were tried must not leave with the result, nor how long it took. The same root on the same candidates and rows repeats
 * the search, so one that broke off can be run again, or go on from its last checkpoint.
 *
 * @throws `privacy.badPlan` for plans of different units, adjacencies or deltas; `learning.foreignCheckpoint`,
 * `learning.forgedCheckpoint`, `learning.badCheckpoint`; what `trainPrivately` throws
 */
export async function tunePrivately({
  candidates,
  runs,
  table,
  engine,
  root,
  signal,
  score,
  onProgress,
  onCheckpoint,
  resumeFrom,
  now = () => performance.now(),
}: TunePrivatelyOptions): Promise<TunedModel> {
  if (root.length !== 32) {
    throw learningError({ code: 'learning.badJob', message: `The randomness root has ${root.length} bytes, not 32.` });
  }
  const { epsilon, delta, charge, ...search } = createSearch(
    candidates.map(({ plan }) => plan),
    runs,
    typeof score === 'function' ? undefined : score.noiseMultiplier,
  );
  const { trained, scoreOf } = await scoring({ score, search, table, engine, root });
  const drawn = search.draw(await rootOf(root, 'draw'));
  const name = await nameOf({ candidates, runs, table, root, score });
  const state: SearchState = resumeFrom
    ? await decodeSearchState(resumeFrom, root, name)
    : { run: 0, best: undefined, training: undefined };
  const keep = async () => onCheckpoint?.(await encodeSearchState(state, root, name));
  const report = onProgress && searchMeter({ candidates, drawn, now });
  while (state.run < drawn.length) {
    const { run } = state;
    const candidate = drawn[run]!;
    const { model } = await trainPrivately({
      ...{ job: candidates[candidate]!, table: trained, engine, signal, now },
      root: await rootOf(root, `run/${run}`),
      resumeFrom: state.training,
      onProgress: report && ((progress) => onProgress(report(run, progress))),
      onCheckpoint:
        onCheckpoint &&
        (async ({ bytes }) => {
          state.training = bytes;
          await keep();
        }),
    });
    const found = Number(await scoreOf(model, run));
    const value = Number.isNaN(found) ? Number.NEGATIVE_INFINITY : found;
    // Of equals the first: runs are exchangeable, so that is any of them.
    if (state.best === undefined || value > state.best.score) state.best = { model, candidate, score: value };
    state.run = run + 1;
    state.training = undefined;
    await keep();
  }
  const released = state.best ?? { model: null, candidate: null, score: null };
  return { ...released, epsilon, delta, charge };
}

/** The rows that are trained on, and how a run's model is scored. */
async function scoring({
  score,
  search,
  table,
  engine,
  root,
}: {
  score: Score;
  search: Pick<Search, 'noisedScore'>;
  table: Table;
  engine: Engine;
  root: Uint8Array;
}): Promise<{ trained: Table; scoreOf: (model: Uint8Array, run: number) => number | Promise<number> }> {
  if (typeof score === 'function') return { trained: table, scoreOf: score };
  const { share, expectedUnits } = score;
  if (!(share > 0 && share < 1 && expectedUnits > 0)) {
    throw learningError({
      code: 'learning.badJob',
      message: 'Units are held out with a chance above 0 and below 1, and more than none of them are declared.',
      place: 'score',
    });
  }
  const { kept, held } = await holdOut(table, share, await rootOf(root, 'hold-out'));
  const noise = await rootOf(root, 'score');
  return {
    trained: kept,
    async scoreOf(model, run) {
      // Nobody held out is a score of noise like any other.
      const scores = held.rows === 0 ? new Float64Array(0) : unitScores(await predict(model, held, engine), held);
      // From −1 to 1 a unit weighs no more than from 0 to 1, and says twice as much against the noise.
      const signed = scores.reduce((sum, value) => sum + 2 * value - 1, 0);
      return (1 + search.noisedScore(noise, run, signed) / expectedUnits) / 2;
    },
  };
}

/** What a checkpoint belongs to, 32 bytes that say nothing of the rows to who does not hold the root. */
async function nameOf({
  candidates,
  runs,
  table,
  root,
  score,
}: Pick<TunePrivatelyOptions, 'candidates' | 'runs' | 'table' | 'root' | 'score'>): Promise<Uint8Array> {
  const keys = await Promise.all(candidates.map((job) => runKeys(root, job, table)));
  const settings = { runs: { ...runs }, score: typeof score === 'function' ? 'own' : { ...score } };
  const parts = [utf8(canonicalJson(settings)), keys[0]!.table, ...keys.map(({ job }) => job)];
  return fromHex(digestOf(concatBytes(...parts)));
}

/** 32 bytes for one purpose of a search. */
const rootOf = (root: Uint8Array, purpose: string): Promise<Uint8Array<ArrayBuffer>> =>
  deriveSecret(root, `encryptech/learning/tuning/1/${purpose}`);
