import { measureTraining } from '../training/measure-training.ts';
import type { Progress } from '../training/progress-meter.ts';
import type { TrainingJob } from '../training/training-job.ts';

/**
 * Where a search is. Unlike a training's, this is as private as the rows: a search whose number of runs is known, or its time,
 * tells more than its epsilon allows.
 */
export interface SearchProgress extends Omit<Progress, 'secondsLeft'> {
  /** Of `runs`, counted from 1. */
  run: number;
  runs: number;
  /** Which job it trains. */
  candidate: number;
  /** Of the whole search. */
  secondsLeft: number;
}

/** From a training's report, the search's: time is divided by the work of each run's job. The clock starts now. */
export function searchMeter({
  candidates,
  drawn,
  now,
}: {
  candidates: readonly TrainingJob[];
  /** Which job each run trains. */
  drawn: ArrayLike<number>;
  /** Milliseconds from any origin. */
  now: () => number;
}): (run: number, progress: Progress) => SearchProgress {
  const work = candidates.map(workOf);
  const before = [0];
  for (let run = 0; run < drawn.length; run++) before.push(before[run]! + work[drawn[run]!]!);
  const total = before.at(-1)!;
  const started = now();
  let doneBefore: number | undefined;
  return (run, { step, steps, examplesPerSecond, epsilonSoFar }) => {
    const candidate = drawn[run]!;
    const done = before[run]! + (work[candidate]! * step) / steps;
    // A search that was resumed begins where it was; the first report comes after one step.
    doneBefore ??= done - work[candidate]! / steps;
    const rate = (done - doneBefore) / Math.max(1e-3, (now() - started) / 1000);
    return {
      ...{ run: run + 1, runs: drawn.length, candidate, step, steps, examplesPerSecond, epsilonSoFar },
      secondsLeft: (total - done) / rate,
    };
  };
}

/** Operations of a whole training, about. */
function workOf(job: TrainingJob): number {
  const { flopsPerExample, frozenFlopsPerRow, rows } = measureTraining(job);
  const examples = job.expectedBatch * job.plan.steps * (job.augmentation?.copies ?? 1);
  return flopsPerExample * examples + frozenFlopsPerRow * rows;
}
