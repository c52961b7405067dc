import type { TrainingJob } from './training-job.ts';

/**
 * Graph calls that every step makes at least, from public numbers only: enough for the expected batch and four standard
 * deviations of its size. So the time of a step doesn't follow the size of the drawn batch, which is private; only a batch
 * beyond that (1 in 30,000) takes another call.
 */
export function publicCalls({
  expectedBatch,
  microBatch,
  plan,
}: Pick<TrainingJob, 'expectedBatch' | 'microBatch'> & { plan: { samplingRate: number } }): number {
  const spread = Math.sqrt(expectedBatch * (1 - plan.samplingRate));
  return Math.ceil((expectedBatch + 4 * spread) / microBatch);
}
