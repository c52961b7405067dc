import { learningError } from '../errors.ts';
import type { TrainingJob } from './training-job.ts';

const isWhole = (value: number, max: number) => Number.isSafeInteger(value) && value >= 1 && value <= max;
const isShare = (value: number) => value >= 0 && value < 1;

/**
 * Checks the numbers of a job that no plan and no graph checks.
 *
 * @throws `learning.badJob` with the member in `place`
 */
export function checkJob({ optimiser, expectedBatch, microBatch, checkpointEvery, plan }: TrainingJob): void {
  const { learningRate, momentum, averaging } = optimiser;
  const bounds: [string, boolean, string][] = [
    ['optimiser.learningRate', learningRate > 0 && Number.isFinite(learningRate), 'a positive number'],
    ['optimiser.momentum', isShare(momentum), 'at least 0 and below 1'],
    ['expectedBatch', expectedBatch > 0 && Number.isFinite(expectedBatch), 'a positive number'],
    ['microBatch', isWhole(microBatch, 65_536), 'a whole number from 1 to 65536'],
    ['checkpointEvery', isWhole(checkpointEvery, 2 ** 32 - 1), 'a whole number of at least 1'],
  ];
  if (averaging.kind === 'ema')
    bounds.push(['optimiser.averaging.decay', isShare(averaging.decay), 'at least 0 and below 1']);
  if (averaging.kind === 'tail') {
    const { fromStep } = averaging;
    const isStep = Number.isSafeInteger(fromStep) && fromStep >= 0 && fromStep < plan.steps;
    bounds.push(['optimiser.averaging.fromStep', isStep, 'a step of the plan']);
  }
  for (const [place, holds, wanted] of bounds) {
    if (!holds) throw learningError({ code: 'learning.badJob', message: `${place} must be ${wanted}.`, place });
  }
}
