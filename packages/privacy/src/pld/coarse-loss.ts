import { logMixture } from './mixture-loss.ts';
import type { MixturePair } from './mixture-pair.ts';
import type { OutputRange } from './output-range.ts';

/**
 * A quick sample of the loss distribution: losses and ln of their probabilities. It only chooses tilt, window and grid;
 * no bound rests on it.
 */
export interface CoarseLoss {
  readonly losses: Float64Array;
  readonly logProbabilities: Float64Array;
}

export function coarseLoss({ mu, up, down }: MixturePair, { from, to }: OutputRange): CoarseLoss {
  const count = Math.min(20_000, Math.ceil((to - from) * Math.max(12, 4 * mu)));
  const step = (to - from) / count;
  const losses = new Float64Array(count);
  const logProbabilities = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const x = from + (i + 0.5) * step;
    const logP = logMixture(up, mu * x - (mu * mu) / 2);
    losses[i] = logP - logMixture(down, -mu * x - (mu * mu) / 2);
    logProbabilities[i] = logP - (x * x) / 2 + Math.log(step) - 0.9189385332046727;
  }
  return { losses, logProbabilities };
}

/** The samples of a composition: so many steps of each. */
export type CoarsePart = { readonly loss: CoarseLoss; readonly steps: number };

/** ln E[e^(tilt·total)] over the samples, the steps being independent. */
export const totalLogMoment = (parts: readonly CoarsePart[], tilt: number): number =>
  parts.reduce((sum, { loss, steps }) => sum + steps * coarseLogMoment(loss, tilt), 0);

/** ln E[e^(tilt·loss)] over the sample. */
export function coarseLogMoment({ losses, logProbabilities }: CoarseLoss, tilt: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < losses.length; i++) highest = Math.max(highest, logProbabilities[i]! + tilt * losses[i]!);
  let sum = 0;
  for (let i = 0; i < losses.length; i++) sum += Math.exp(logProbabilities[i]! + tilt * losses[i]! - highest);
  return highest + Math.log(sum);
}
