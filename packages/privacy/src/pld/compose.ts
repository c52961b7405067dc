import { fft } from '../numeric/fft.ts';
import type { CompositionPlan } from './composition-plan.ts';
import type { DiscreteLoss } from './discrete-loss.ts';
import { logMoment } from './log-moment.ts';
import { TailCurve } from './tail-curve.ts';

const UNIT_ROUNDOFF = 2 ** -53;

/** So many independent steps with the same loss. */
export interface LossSteps {
  readonly loss: DiscreteLoss;
  readonly steps: number;
}

/**
 * The upper tail of the total loss of all steps, which are independent and on one grid, as a {@link TailCurve} over a
 * window of `bins` grid points from about `bottom` on; every value it gives is an upper bound, or a lower one but for the
 * 1e-9 of delta that may wrap around.
 *
 * The loss is tilted by e^(tilt·loss) first, which moves the region of the wanted delta to the bulk, so that rounding
 * is relative to delta and not to 1 (however small delta is). Then one FFT a part, the product of their powers, and one
 * inverse FFT. What wraps around from below only adds; what lies above the window is bounded by Chernoff and added; so
 * is the error of the transforms and of the powers.
 */
export function compose(
  parts: readonly LossSteps[],
  { tilt, topTilt, bottom, bins }: Pick<CompositionPlan, 'tilt' | 'topTilt' | 'bottom' | 'bins'>,
  bound: 'upper' | 'lower' = 'upper',
): TailCurve {
  const { interval } = parts[0]!.loss;
  const tiltedParts = parts.map((part) => ({ ...part, ...tiltedTransform(part.loss, tilt, bins) }));
  const { re, im, errors } = productOfPowers(tiltedParts);
  // Swapped arguments: the inverse transform, times `bins`.
  fft(im, re);
  const firstTotal = Math.floor(bottom / interval);
  const sum = (of: (part: (typeof tiltedParts)[number]) => number) => tiltedParts.reduce((x, part) => x + of(part), 0);
  const offset = firstTotal - sum(({ loss, steps, centre }) => steps * (loss.first + centre));
  const total = new Float64Array(bins);
  for (let i = 0; i < bins; i++) {
    total[i] = Math.max(0, re[(((offset + i) % bins) + bins) % bins]! / bins);
  }
  // Quadrature, moments and sums: 1e-13 a step is an order above what they lose.
  const relativeError = 1e-9 + sum(({ steps, moment }) => steps * 1e-13 * (1 + Math.abs(moment)));
  const infinite = sum(({ loss, steps }) => steps * loss.infinity);
  return new TailCurve({
    interval,
    first: firstTotal,
    tilted: total,
    tilt,
    logMoment: sum(({ steps, moment }) => steps * moment),
    bound,
    extra: bound === 'upper' ? infinite + probabilityAbove(parts, topTilt, firstTotal + bins) : 0,
    relativeError: bound === 'upper' ? relativeError : -relativeError,
    errors,
  });
}

/** A transformed loss: values by frequency, and the Euclidean norm of what was transformed. */
interface Transform {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly norm: number;
}

function tiltedTransform(
  loss: DiscreteLoss,
  tilt: number,
  bins: number,
): Transform & { readonly moment: number; readonly centre: number } {
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
  return { re, im, norm, moment, centre };
}

/** Chernoff's bound on the probability that the total reaches the grid point `top`, near the best tilt. */
function probabilityAbove(parts: readonly LossSteps[], tilt: number, top: number): number {
  const highest = parts.reduce((sum, { loss, steps }) => sum + steps * (loss.first + loss.mass.length - 1), 0);
  if (highest < top) return 0;
  const { interval } = parts[0]!.loss;
  // The best tilt was found without the grid; where single losses dominate, a smaller one minds the grid less.
  const logs = [1, 0.3, 0.1].map(
    (share) =>
      parts.reduce((sum, { loss, steps }) => sum + steps * logMoment(loss, share * tilt), 0) -
      share * tilt * top * interval,
  );
  return Math.exp(Math.min(...logs));
}

/**
 * The product over the parts of every complex number's `steps`-th power, and bounds on the error that the inverse
 * transform, divided by its length, will then carry: in any one bin, and in the Euclidean norm over all bins.
 *
 * `norm` is that of the transformed vector x. A transform errs by at most e = 7·log₂N·2⁻⁵³ relative in the norm, and by
 * e·Σ|x| in any component (Higham 2002, Theorem 24.2); the product by Σ_i steps_i·e·|∂/∂z_i| and its own 10·steps·2⁻⁵³.
 */
function productOfPowers(parts: readonly (Transform & { readonly steps: number })[]): {
  re: Float64Array;
  im: Float64Array;
  errors: { bin: number; norm: number };
} {
  const bins = parts[0]!.re.length;
  const re = new Float64Array(bins);
  const im = new Float64Array(bins);
  const transform = 7 * Math.log2(bins) * UNIT_ROUNDOFF;
  const power = parts.reduce((sum, { steps }) => sum + 10 * steps * UNIT_ROUNDOFF, 0);
  const largest = new Float64Array(parts.length);
  const logs = new Float64Array(parts.length);
  let binError = 0;
  let squares = 0;
  for (let k = 0; k < bins; k++) {
    let logRaised = 0;
    let logBound = 0;
    let angle = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      const radius = Math.hypot(part.re[k]!, part.im[k]!);
      logs[i] = Math.log(radius + transform);
      logRaised += part.steps * Math.log(radius);
      logBound += part.steps * logs[i]!;
      angle += part.steps * Math.atan2(part.im[k]!, part.re[k]!);
    }
    const raised = Math.exp(logRaised);
    re[k] = raised * Math.cos(angle);
    im[k] = raised * Math.sin(angle);
    const bound = Math.exp(logBound);
    binError += (power + transform) * bound;
    squares += bound ** 2;
    for (let i = 0; i < parts.length; i++) {
      const derivative = parts[i]!.steps * Math.exp(logBound - logs[i]!);
      binError += derivative * transform;
      largest[i] = Math.max(largest[i]!, derivative);
    }
  }
  // By Parseval the norm over bins is that over frequencies divided by √N, for x and for its power alike.
  const ofTransforms = parts.reduce((sum, { norm }, i) => sum + transform * norm * largest[i]!, 0);
  return {
    re,
    im,
    errors: { bin: binError / bins, norm: ofTransforms + (power + transform) * Math.sqrt(squares / bins) },
  };
}
