import { utf8 } from '@encryptech/base';
import { createSearch, type RunCount } from '@encryptech/privacy';
import { learningError } from '../errors.ts';
import { trainPrivately, type TrainedModel, type TrainPrivatelyOptions } from '../training/train-privately.ts';
import type { TrainingJob } from '../training/training-job.ts';

export interface TunePrivatelyOptions extends Pick<TrainPrivatelyOptions, 'table' | 'engine' | 'root' | 'signal'> {
  /** What may be tried: jobs that differ in learning rate, clip norm, model, or anything else. Chosen beforehand. */
  candidates: readonly TrainingJob[];
  /** How often something is tried: a secret random number. */
  runs: RunCount;
  /**
   * How good a released model is, the larger the better; NaN is worst. It may know the private rows *only through the model*:
   * measure on rows of your own. A score on private rows is a release of its own that nothing here pays for.
   */
  score: (model: Uint8Array) => number | Promise<number>;
}

/** What comes out of a search, and may leave: the best model, or none where chance had it that nothing was tried. */
export interface TunedModel extends Pick<TrainedModel, 'epsilon' | 'delta' | 'charge'> {
  model: Uint8Array | null;
  /** The job that made it. */
  candidate: number | null;
  score: number | null;
}

/**
 * The best model of a secret random number of trainings, each by a candidate drawn for itself, under randomness of its own.
 * Epsilon and charge are those of the whole search (Papernot and Steinke 2022), not of the best run alone.
 *
 * How many were tried must not leave with the result, nor how long it took: there are no progress reports. The same root on
 * the same candidates and rows repeats the search, so one that broke off can be run again.
 *
 * @throws `privacy.badPlan` for plans of different units, adjacencies or deltas; what `trainPrivately` throws
 */
export async function tunePrivately({
  candidates,
  runs,
  table,
  engine,
  root,
  signal,
  score,
}: TunePrivatelyOptions): Promise<TunedModel> {
  if (root.length !== 32) {
    throw learningError({ code: 'learning.badJob', message: `The randomness root has ${root.length} bytes, not 32.` });
  }
  const { epsilon, delta, charge, ...search } = createSearch(
    candidates.map(({ plan }) => plan),
    runs,
  );
  let best: { model: Uint8Array; candidate: number; score: number } | undefined;
  for (const [run, candidate] of search.draw(await rootOf(root, 'draw')).entries()) {
    const { model } = await trainPrivately({
      ...{ job: candidates[candidate]!, table, engine, signal },
      root: await rootOf(root, `run/${run}`),
    });
    const found = Number(await score(model));
    const value = Number.isNaN(found) ? Number.NEGATIVE_INFINITY : found;
    // Of equals the first: runs are exchangeable, so that is any of them.
    if (best === undefined || value > best.score) best = { model, candidate, score: value };
  }
  const released = best ?? { model: null, candidate: null, score: null };
  return { ...released, epsilon, delta, charge };
}

/** 32 bytes for one purpose of a search (HKDF-SHA-256, RFC 5869). */
async function rootOf(root: Uint8Array, purpose: string): Promise<Uint8Array> {
  const secret = await crypto.subtle.importKey('raw', root as Uint8Array<ArrayBuffer>, 'HKDF', false, ['deriveBits']);
  const info = utf8(`encryptech/learning/tuning/1/${purpose}`) as Uint8Array<ArrayBuffer>;
  const bits = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    secret,
    256,
  );
  return new Uint8Array(bits);
}
