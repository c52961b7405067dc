import { learningRateAt } from './learning-rate-at.ts';
import type { Averaging, Optimiser } from './training-job.ts';
import type { TrainingState } from './training-state.ts';

/** Takes one step of `steps` along the (noised, averaged) gradient: changes the state in place and moves it to the next step. */
export function optimiserStep(state: TrainingState, gradient: Float64Array, optimiser: Optimiser, steps: number): void {
  const { step, weights, velocity, average } = state;
  const rate = learningRateAt(optimiser, step, steps);
  const share = average ? shareOfNewest(optimiser.averaging, step) : 0;
  for (let i = 0; i < weights.length; i++) {
    velocity[i] = optimiser.momentum * velocity[i]! + gradient[i]!;
    weights[i]! -= rate * velocity[i]!;
    if (average) average[i]! += share * (weights[i]! - average[i]!);
  }
  state.step = step + 1;
}

/** How much of the average the weights after this step become. */
function shareOfNewest(averaging: Averaging, step: number): number {
  switch (averaging.kind) {
    case 'none':
      return 1;
    case 'ema':
      return 1 - Math.min(averaging.decay, (1 + step) / (10 + step));
    case 'tail':
      return step < averaging.fromStep ? 1 : 1 / (step - averaging.fromStep + 1);
  }
}
