import { minimiseOnLogScale } from '../numeric/minimise.ts';
import { coarseLogMoment, totalLogMoment, type CoarsePart } from './coarse-loss.ts';

/** ln of the share of delta that what lies outside of the window may add. */
const LOG_OUTSIDE = Math.log(1e-10);
const MIN_BINS = 1 << 9;
/** A finer grid than one with so many cells for one step is not affordable, nor worth it. */
const MAX_CELLS = 1 << 22;

/** Where to compose: the exponential tilt, the window of total losses, and the grid. */
export interface CompositionPlan {
  readonly tilt: number;
  /** The tilt at which Chernoff bounds best what lies above the window. */
  readonly topTilt: number;
  readonly bottom: number;
  /** Of each part: losses of one step below this are rounded up to it: tilted, they are negligible. */
  readonly lossFloors: readonly number[];
  readonly interval: number;
  readonly bins: number;
}

/** A guess of the answer: epsilon, and the slope −d ln δ/dε there. */
export interface TailPoint {
  readonly epsilon: number;
  readonly slope: number;
}

/** How fine the grid must be and may be. */
export interface GridLimits {
  /** What the grid may add to epsilon. */
  readonly tolerance: number;
  readonly maxBins: number;
  /** The window is so many powers of e wider, in probability, than the guess of the answer says. */
  readonly doubt: number;
  readonly coarsest?: number;
}

/**
 * The plan whose answer near `epsilon` exceeds the truth by about `tolerance`.
 *
 * The tilt moves the mean of the total to epsilon. The grid follows the run: a grid of interval h adds about
 * h²/12·(slope² + slope) to every step's cumulant, so epsilon grows by about steps·h²·(slope + 1)/12. The window holds
 * all of the tilted total but what is negligible beside delta, and the grid is refined until it fills a power of two.
 */
export function planComposition(
  parts: readonly CoarsePart[],
  { epsilon, slope, logDelta }: TailPoint & { readonly logDelta: number },
  { tolerance, maxBins, doubt, coarsest = Number.POSITIVE_INFINITY }: GridLimits,
): CompositionPlan {
  const steps = parts.reduce((sum, part) => sum + part.steps, 0);
  const tilt = tiltOfMean(parts, epsilon, slope);
  const moment = totalLogMoment(parts, tilt);
  const logNegligible = LOG_OUTSIDE - doubt + Math.min(0, logDelta + tilt * epsilon - moment);
  const above = (s: number) => (totalLogMoment(parts, tilt + s) - moment - logNegligible) / s;
  const below = (s: number) => (totalLogMoment(parts, tilt - s) - moment - logNegligible) / s;
  const shift = minimiseOnLogScale(above, slope / 1000, slope * 1000);
  const extremes = parts.map((part) => ({
    ...part,
    highest: maximum(part.loss.losses),
    lowest: minimum(part.loss.losses),
  }));
  const reach = (of: 'highest' | 'lowest') => extremes.reduce((sum, part) => sum + part.steps * part[of], 0);
  const top = Math.min(reach('highest'), above(shift));
  const bottom = Math.max(reach('lowest'), -below(minimiseOnLogScale(below, slope / 1000, slope * 1000)));
  // A few steps can reach their highest total, which the grid rounds up by an interval a step.
  const width = (steps <= 64 ? 1.05 + (4 * steps) / MIN_BINS : 1.05) * Math.max(top - bottom, 1e-12);
  const wanted = Math.min(coarsest, Math.sqrt((12 * tolerance) / (steps * (slope + 1))));
  const bins = Math.min(maxBins, Math.max(MIN_BINS, 2 ** Math.ceil(Math.log2(width / wanted))));
  const lossFloors = extremes.map(({ loss, lowest }) =>
    Math.max(lowest, (coarseLogMoment(loss, tilt) + logNegligible - Math.log(steps)) / tilt),
  );
  const cells = Math.max(...extremes.map(({ highest }, part) => highest - lossFloors[part]!));
  const interval = Math.max(width / bins, cells / MAX_CELLS);
  return { tilt, topTilt: tilt + shift, bottom: bottom - 0.025 * width, lossFloors, interval, bins };
}

/** The tilt in [0, 4·slope] under which the mean of the total loss is `mean`, or the nearest. */
function tiltOfMean(parts: readonly CoarsePart[], mean: number, slope: number): number {
  let low = 0;
  let high = 4 * slope;
  for (let i = 0; i < 30; i++) {
    const tilt = (low + high) / 2;
    const rise = totalLogMoment(parts, tilt * 1.001) - totalLogMoment(parts, tilt * 0.999);
    if (rise < 0.002 * tilt * mean) low = tilt;
    else high = tilt;
  }
  return low;
}

const minimum = (values: Float64Array): number => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const maximum = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
