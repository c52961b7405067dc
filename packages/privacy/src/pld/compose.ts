import { fft } from '../numeric/fft.ts';
import type { CompositionPlan } from './composition-plan.ts';
import type { DiscreteLoss } from './discrete-loss.ts';
import { logMoment } from './log-moment.ts';
import { TailCurve } from './tail-curve.ts';

const UNIT_ROUNDOFF = 2 ** -53;

/**
 * The upper tail of the total loss of `steps` independent losses, as a {@link TailCurve} over a window of `bins` grid
 * points from about `bottom` on; every value it gives is an upper bound, or a lower one but for the 1e-9 of delta that
 * may wrap around.
 *
 * The loss is tilted by e^(tilt·loss) first, which moves the region of the wanted delta to the bulk, so that rounding
 * is relative to delta and not to 1 (however small delta is). Then one FFT, its power, and one inverse FFT. What wraps
 * around from below only adds; what lies above the window is bounded by Chernoff and added; so is the error of the
 * transforms and of the power.
 */
export function compose(
  loss: DiscreteLoss,
  steps: number,
  { tilt, topTilt, bottom, bins }: Pick<CompositionPlan, 'tilt' | 'topTilt' | 'bottom' | 'bins'>,
  bound: 'upper' | 'lower' = 'upper',
): TailCurve {
  const { interval, first, mass } = loss;
  const moment = logMoment(loss, tilt);
  const tilted = mass.map((value, i) => Math.exp(Math.log(value) + tilt * interval * (first + i) - moment));
  // Rotating the mean to bin 0 keeps phases small where the transform is large.
  const centre = Math.round(tilted.reduce((sum, value, i) => sum + i * value, 0));
  const re = new Float64Array(bins);
  const im = new Float64Array(bins);
  tilted.forEach((value, i) => {
    const at = (((i - centre) % bins) + bins) % bins;
    re[at] = re[at]! + value;
  });
  const norm = Math.sqrt(re.reduce((sum, value) => sum + value * value, 0));
  fft(re, im);
  const errors = raise(re, im, steps, norm);
  // Swapped arguments: the inverse transform, times `bins`.
  fft(im, re);
  const firstTotal = Math.floor(bottom / interval);
  const offset = firstTotal - steps * (first + centre);
  const total = new Float64Array(bins);
  for (let i = 0; i < bins; i++) {
    total[i] = Math.max(0, re[(((offset + i) % bins) + bins) % bins]! / bins);
  }
  // Quadrature, moments and sums: 1e-13 a step is an order above what they lose.
  const relativeError = 1e-9 + steps * 1e-13 * (1 + Math.abs(moment));
  return new TailCurve({
    interval,
    first: firstTotal,
    tilted: total,
    tilt,
    logMoment: steps * moment,
    bound,
    extra: bound === 'upper' ? steps * loss.infinity + probabilityAbove(loss, steps, topTilt, firstTotal + bins) : 0,
    relativeError: bound === 'upper' ? relativeError : -relativeError,
    errors,
  });
}

/** Chernoff's bound on the probability that the total reaches the grid point `top`, near the best tilt. */
function probabilityAbove(loss: DiscreteLoss, steps: number, tilt: number, top: number): number {
  if (steps * (loss.first + loss.mass.length - 1) < top) return 0;
  // The best tilt was found without the grid; where single losses dominate, a smaller one minds the grid less.
  const logs = [1, 0.3, 0.1].map((share) => steps * logMoment(loss, share * tilt) - share * tilt * top * loss.interval);
  return Math.exp(Math.min(...logs));
}

/**
 * Replaces every complex number by its `steps`-th power and returns bounds on the error that the inverse transform,
 * divided by its length, will then carry: in any one bin, and in the Euclidean norm over all bins.
 *
 * `norm` is that of the transformed vector x. A transform errs by at most e = 7·log₂N·2⁻⁵³ relative in the norm, and by
 * e·Σ|x| in any component (Higham 2002, Theorem 24.2); the power by steps·e·|z|^(steps−1) and its own 10·steps·2⁻⁵³.
 */
function raise(re: Float64Array, im: Float64Array, steps: number, norm: number): { bin: number; norm: number } {
  const bins = re.length;
  const transform = 7 * Math.log2(bins) * UNIT_ROUNDOFF;
  const power = 10 * steps * UNIT_ROUNDOFF;
  let binError = 0;
  let largest = 0;
  let squares = 0;
  for (let k = 0; k < bins; k++) {
    const radius = Math.hypot(re[k]!, im[k]!);
    const raised = Math.exp(steps * Math.log(radius));
    const angle = steps * Math.atan2(im[k]!, re[k]!);
    re[k] = raised * Math.cos(angle);
    im[k] = raised * Math.sin(angle);
    const derivative = Math.exp((steps - 1) * Math.log(radius + transform));
    binError += derivative * (steps * transform + (power + transform) * (radius + transform));
    largest = Math.max(largest, derivative);
    squares += (derivative * (radius + transform)) ** 2;
  }
  // By Parseval the norm over bins is that over frequencies divided by √N, for x and for its power alike.
  const normError = steps * transform * norm * largest + (power + transform) * Math.sqrt(squares / bins);
  return { bin: binError / bins, norm: normError };
}
