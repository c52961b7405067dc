import { fft } from '../numeric/fft.ts';
import type { CompositionPlan } from './composition-plan.ts';
import type { DiscreteLoss } from './discrete-loss.ts';
import { logMoment } from './log-moment.ts';
import { TailCurve } from './tail-curve.ts';

const UNIT_ROUNDOFF = 2 ** -53;

/**
 * The upper tail of the total loss of `steps` independent losses, as a {@link TailCurve} over a window of `bins` grid
 * points from about `bottom` on; every value it gives is an upper bound.
 *
 * The loss is tilted by e^(tilt·loss) first, which moves the region of the wanted delta to the bulk, so that rounding
 * is relative to delta and not to 1 (however small delta is). Then one FFT, its power, and one inverse FFT. What wraps
 * around from below only adds; what lies above the window is bounded by Chernoff and added; so is the error of the
 * transform and of the power, bin by bin.
 */
export function compose(
  loss: DiscreteLoss,
  steps: number,
  { tilt, topTilt, bottom, bins }: Pick<CompositionPlan, 'tilt' | 'topTilt' | 'bottom' | 'bins'>,
): TailCurve {
  const { interval, first, mass } = loss;
  const moment = logMoment(loss, tilt);
  const re = new Float64Array(bins);
  const im = new Float64Array(bins);
  let mean = 0;
  for (let i = 0; i < mass.length; i++) {
    mean += i * Math.exp(Math.log(mass[i]!) + tilt * interval * (first + i) - moment);
  }
  // Rotating the mean to bin 0 keeps phases small where the transform is large.
  const centre = Math.round(mean);
  for (let i = 0; i < mass.length; i++) {
    const at = (((i - centre) % bins) + bins) % bins;
    re[at] = re[at]! + Math.exp(Math.log(mass[i]!) + tilt * interval * (first + i) - moment);
  }
  fft(re, im);
  const binError = raise(re, im, steps);
  // Swapped arguments: the inverse transform, times `bins`.
  fft(im, re);
  const firstTotal = Math.floor(bottom / interval);
  const offset = firstTotal - steps * (first + centre);
  const total = new Float64Array(bins);
  for (let i = 0; i < bins; i++) {
    const at = (((offset + i) % bins) + bins) % bins;
    total[i] = Math.max(0, re[at]! / bins) + binError;
  }
  const top = (firstTotal + bins) * interval;
  const logAbove = steps * logMoment(loss, topTilt) - topTilt * top;
  return new TailCurve({
    interval,
    first: firstTotal,
    tilted: total,
    tilt,
    logMoment: steps * moment,
    extra: steps * loss.infinity + Math.exp(logAbove),
    // Quadrature, moments and sums: 1e-13 a step is an order above what they lose.
    relativeError: 1e-9 + steps * 1e-13 * (1 + Math.abs(moment)),
  });
}

/**
 * Replaces every complex number by its `steps`-th power and returns a bound on the absolute error that any bin of the
 * inverse transform (divided by its length) will then carry.
 */
function raise(re: Float64Array, im: Float64Array, steps: number): number {
  const bins = re.length;
  const forward = 7 * Math.log2(bins) * UNIT_ROUNDOFF;
  let error = 0;
  for (let k = 0; k < bins; k++) {
    const radius = Math.hypot(re[k]!, im[k]!);
    const power = Math.exp(steps * Math.log(radius));
    const angle = steps * Math.atan2(im[k]!, re[k]!);
    re[k] = power * Math.cos(angle);
    im[k] = power * Math.sin(angle);
    const largest = Math.exp((steps - 1) * Math.log(radius + forward));
    error += largest * (steps * forward + (10 * steps * UNIT_ROUNDOFF + forward) * (radius + forward));
  }
  return error / bins;
}
