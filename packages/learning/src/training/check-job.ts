import { learningError } from '../errors.ts';
import type { Augmentation, Optimiser, TrainingJob } from './training-job.ts';

type Bound = [place: string, holds: boolean, wanted: string];

const isWhole = (value: number, min: number, max: number) =>
  Number.isSafeInteger(value) && value >= min && value <= max;
const isShare = (value: number) => value >= 0 && value < 1;
const isPositive = (value: number) => value > 0 && Number.isFinite(value);

/**
 * Checks the numbers of a job that no plan and no graph checks.
 *
 * @throws `learning.badJob` with the member in `place`
 */
export function checkJob(job: TrainingJob): void {
  const { optimiser, expectedBatch, microBatch, checkpointEvery, augmentation, plan } = job;
  const bounds: Bound[] = [
    ...boundsOfOptimiser(optimiser, plan.steps),
    ...(augmentation === undefined ? [] : boundsOfAugmentation(augmentation)),
    ['expectedBatch', isPositive(expectedBatch), 'a positive number'],
    [
      'microBatch',
      isWhole(microBatch, 1, 65_536 / (augmentation?.copies ?? 1)),
      'a whole number of at least 1, and with all copies at most 65536 rows',
    ],
    ['checkpointEvery', isWhole(checkpointEvery, 1, 2 ** 32 - 1), 'a whole number of at least 1'],
  ];
  for (const [place, holds, wanted] of bounds) {
    if (!holds) throw learningError({ code: 'learning.badJob', message: `${place} must be ${wanted}.`, place });
  }
}

function boundsOfOptimiser(optimiser: Optimiser, steps: number): Bound[] {
  const { learningRate, averaging, warmupSteps = 0, schedule = 'constant' } = optimiser;
  const bounds: Bound[] = [
    ['optimiser.kind', ['sgd', 'adam', 'adamw'].includes(optimiser.kind), 'sgd, adam or adamw'],
    ['optimiser.learningRate', isPositive(learningRate), 'a positive number'],
    ['optimiser.schedule', ['constant', 'linear', 'cosine'].includes(schedule), 'constant, linear or cosine'],
    ['optimiser.warmupSteps', isWhole(warmupSteps, 0, steps - 1), 'a whole number below the steps of the plan'],
  ];
  if (optimiser.kind === 'sgd') {
    bounds.push(['optimiser.momentum', isShare(optimiser.momentum), 'at least 0 and below 1']);
  } else {
    const { kind, beta1, beta2, floor, weightDecay } = optimiser;
    bounds.push(
      ['optimiser.beta1', isShare(beta1), 'at least 0 and below 1'],
      ['optimiser.beta2', isShare(beta2), 'at least 0 and below 1'],
      ['optimiser.floor', floor >= 1e-6 && floor <= 1e6, 'a number from 1e-6 to 1e6'],
      [
        'optimiser.weightDecay',
        weightDecay === undefined || (kind === 'adamw' && weightDecay >= 0 && weightDecay <= 1e3),
        'a number from 0 to 1000, for adamw alone',
      ],
    );
  }
  if (averaging.kind === 'ema')
    bounds.push(['optimiser.averaging.decay', isShare(averaging.decay), 'at least 0 and below 1']);
  if (averaging.kind === 'tail') {
    bounds.push(['optimiser.averaging.fromStep', isWhole(averaging.fromStep, 0, steps - 1), 'a step of the plan']);
  }
  return bounds;
}

const boundsOfAugmentation = ({ copies, shift = 0, jitter = 0 }: Augmentation): Bound[] => [
  ['augmentation.copies', isWhole(copies, 1, 64), 'a whole number from 1 to 64'],
  ['augmentation.shift', isWhole(shift, 0, 1024), 'a whole number from 0 to 1024'],
  ['augmentation.jitter', jitter >= 0 && jitter <= 1e3, 'a number from 0 to 1000'],
];
