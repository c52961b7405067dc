import { durationText } from './duration-text.ts';

export interface ShownProgress {
  step: number;
  steps: number;
  /** Expected ones: real batch sizes are private. */
  examplesPerSecond: number;
  epsilonSoFar: number;
  /** Null where nobody knows yet. */
  secondsLeft: number | null;
}

/** Where a training is, in the same words wherever one is shown; `whose` says what epsilon is of, where it is one run of many. */
export function progressText(
  { step, steps, examplesPerSecond, epsilonSoFar, secondsLeft }: ShownProgress,
  whose = 'epsilon so far',
): string {
  const left = secondsLeft === null ? '' : `, ${durationText(secondsLeft)} left`;
  return `step ${step}/${steps}, ${Math.round(examplesPerSecond)} examples/s, ${whose} ${epsilonSoFar.toFixed(2)}${left}`;
}
