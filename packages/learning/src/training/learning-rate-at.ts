import type { Optimiser } from './training-job.ts';

/** The learning rate of a step, counted from 0, of `steps`: first the warm-up, then the schedule over the steps that are left. */
export function learningRateAt(
  { learningRate, schedule = 'constant', warmupSteps = 0 }: Optimiser,
  step: number,
  steps: number,
): number {
  if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
  const share = (step - warmupSteps) / (steps - warmupSteps);
  switch (schedule) {
    case 'constant':
      return learningRate;
    case 'linear':
      return learningRate * (1 - share);
    case 'cosine':
      return (learningRate * (1 + Math.cos(Math.PI * share))) / 2;
  }
}
