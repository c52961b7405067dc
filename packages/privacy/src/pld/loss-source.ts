import { coarseLoss, type CoarseLoss } from './coarse-loss.ts';
import type { DiscreteLoss } from './discrete-loss.ts';
import { supLoss } from './mixture-loss.ts';
import type { MixturePair } from './mixture-pair.ts';
import { outputRange } from './output-range.ts';
import { pessimisticLoss } from './pessimistic-loss.ts';

/** The grid of a discretised loss: losses below `lossFloor` are rounded up to it. */
export interface LossGrid {
  readonly interval: number;
  readonly lossFloor: number;
}

/** The privacy loss of one step of a mechanism, however it is distributed. */
export interface LossSource {
  /** The largest loss, Infinity when there is none. */
  readonly sup: number;
  /** A quick sample that leaves out at most e^`logTail` of probability on each side. */
  coarse(logTail: number): CoarseLoss;
  /** The loss on a grid, its hockey-stick curve nowhere below the true one. */
  discretise(grid: LossGrid, logTail: number): DiscreteLoss;
}

/** Equal steps of a composition. */
export interface LossPart {
  readonly source: LossSource;
  readonly steps: number;
}

/** The loss of a pair of Gaussian mixtures. */
export const mixtureSource = (pair: MixturePair): LossSource => ({
  sup: supLoss(pair),
  coarse: (logTail) => coarseLoss(pair, outputRange(pair, logTail)),
  discretise: (grid, logTail) => pessimisticLoss(pair, outputRange(pair, logTail), grid),
});
