import type { Optimiser } from './training-job.ts';

/** The learning rate of a step, counted from 0, of `steps`. */
export function learningRateAt(
  { learningRate, schedule = 'constant' }: Optimiser,
  step: number,
  steps: number,
): number {
  switch (schedule) {
    case 'constant':
      return learningRate;
    case 'linear':
      return learningRate * (1 - step / steps);
    case 'cosine':
      return (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
  }
}
