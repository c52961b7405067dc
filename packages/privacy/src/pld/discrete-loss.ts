/**
 * A privacy-loss distribution on a grid: mass[i] is the probability under P of a loss of (first + i)·interval;
 * `infinity` is the probability of a loss without bound.
 */
export interface DiscreteLoss {
  readonly interval: number;
  readonly first: number;
  readonly mass: Float64Array;
  readonly infinity: number;
}
