/** What may be said about a running job: nothing of it depends on the rows. */
export interface Progress {
  /** Steps taken, of `steps`. */
  step: number;
  steps: number;
  /** Expected examples a second: the *expected* batch over the time of a step; real batch sizes are private. */
  examplesPerSecond: number;
  /** An upper bound on the epsilon of the steps taken; the plan's epsilon at the end. */
  epsilonSoFar: number;
  secondsLeft: number;
}

export interface ProgressMeterOptions {
  fromStep: number;
  steps: number;
  expectedBatch: number;
  /** An upper bound on the plan's epsilon after so many steps. */
  epsilonAfter: (steps: number) => number;
  /** Milliseconds from any origin. */
  now: () => number;
}

/** A function from the number of steps taken to the progress report; the clock starts now. */
export function progressMeter({ fromStep, steps, expectedBatch, epsilonAfter, now }: ProgressMeterOptions) {
  const started = now();
  return (step: number): Progress => {
    // A clock of coarse grain may not have moved yet.
    const seconds = Math.max(1e-3, (now() - started) / 1000);
    const stepsPerSecond = (step - fromStep) / seconds;
    return {
      step,
      steps,
      examplesPerSecond: stepsPerSecond * expectedBatch,
      epsilonSoFar: epsilonAfter(step),
      secondsLeft: (steps - step) / stepsPerSecond,
    };
  };
}
