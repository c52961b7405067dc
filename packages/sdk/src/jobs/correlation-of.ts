import type { Correlation } from '@encryptech/privacy';
import { sdkError } from '../errors.ts';

/** What a developer may choose about noise that is correlated over steps. */
export interface CorrelationChoices {
  /** Steps over which noise is correlated; fresh noise in each step if left out, 16 with `passes` where a pass has so many. */
  noiseBands?: number | undefined;
  /** Rows as they come, in so many passes, in place of batches drawn by chance: for datasets that protect under replace-one. */
  passes?: number | undefined;
}

const BANDS = 16;

/**
 * The correlation of a plan, and the sampling rate that goes with it: the one that is wanted, 1/bands where that is less and
 * nothing is wanted, or that of the passes.
 *
 * @throws `sdk.badOption` for a sampling rate beside passes, which settle it
 */
export function correlationOf(
  { noiseBands, passes }: CorrelationChoices,
  { samplingRate, steps, usual }: { samplingRate: number | undefined; steps: number; usual: number },
): { correlation?: Correlation; samplingRate: number } {
  if (passes === undefined) {
    if (noiseBands === undefined) return { samplingRate: samplingRate ?? usual };
    const correlation = { order: 'cyclic-poisson', bands: noiseBands } as const;
    return { correlation, samplingRate: samplingRate ?? Math.min(usual, 1 / noiseBands) };
  }
  if (samplingRate !== undefined) {
    throw sdkError({
      code: 'sdk.badOption',
      message: `In ${passes} passes over ${steps} steps a batch is the share ${passes / steps} of the rows.`,
      place: 'samplingRate',
      hint: 'Leave out the sampling rate, or the passes.',
    });
  }
  const bands = noiseBands ?? Math.max(1, Math.min(BANDS, Math.floor(steps / passes)));
  return { correlation: { order: 'passes', bands, passes }, samplingRate: passes / steps };
}
