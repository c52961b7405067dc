import { learningRateAt } from './learning-rate-at.ts';
import type { Adam, Averaging, Optimiser, Sgd } from './training-job.ts';
import type { TrainingState } from './training-state.ts';

/** Public facts about a step's gradient. */
export interface StepFacts {
  /** Steps of the whole run. */
  steps: number;
  /** Variance of the noise in each entry of the gradient, after division by the expected batch. */
  noiseVariance: number;
}

/** Takes one step along the (noised, averaged) gradient: changes the state in place and moves it to the next step. */
export function optimiserStep(
  state: TrainingState,
  gradient: Float64Array,
  optimiser: Optimiser,
  facts: StepFacts,
): void {
  const { step, weights, average } = state;
  const rate = learningRateAt(optimiser, step, facts.steps);
  if (optimiser.kind === 'sgd') sgdStep(state, gradient, optimiser, rate);
  else adamStep(state, gradient, optimiser, { rate, noiseVariance: facts.noiseVariance });
  if (average) {
    const share = shareOfNewest(optimiser.averaging, step);
    for (let i = 0; i < weights.length; i++) average[i]! += share * (weights[i]! - average[i]!);
  }
  state.step = step + 1;
}

function sgdStep({ weights, velocity }: TrainingState, gradient: Float64Array, { momentum }: Sgd, rate: number): void {
  for (let i = 0; i < weights.length; i++) {
    velocity[i] = momentum * velocity[i]! + gradient[i]!;
    weights[i]! -= rate * velocity[i]!;
  }
}

function adamStep(
  state: TrainingState,
  gradient: Float64Array,
  { kind, beta1, beta2, floor, weightDecay = 0 }: Adam,
  { rate, noiseVariance }: { rate: number; noiseVariance: number },
): void {
  const { step, weights, velocity: first } = state;
  const second = state.second!;
  const [firstBias, secondBias] = [1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)];
  // The noise may change from step to step (adaptive clipping): it is averaged as the second moment is.
  state.noiseVariance = beta2 * state.noiseVariance + (1 - beta2) * noiseVariance;
  const noise = state.noiseVariance / secondBias;
  const decay = kind === 'adamw' ? rate * weightDecay : 0;
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]!;
    first[i] = beta1 * first[i]! + (1 - beta1) * g;
    second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
    const spread = Math.max(second[i]! / secondBias - noise, floor * noise);
    weights[i]! -= decay * weights[i]! + (rate * first[i]!) / firstBias / Math.sqrt(spread);
  }
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
