import type { TailPoint } from './composition-plan.ts';

/** What {@link TailCurve} is made of: a tilted distribution on a grid, and what bounds its errors. */
export interface TailCurveParts {
  readonly interval: number;
  /** Grid index of the first bin. */
  readonly first: number;
  /** P(total = l)·e^(tilt·l − logMoment), about. */
  readonly tilted: Float64Array;
  readonly tilt: number;
  readonly logMoment: number;
  /** Whether the curve's values are above or below the truth. */
  readonly bound: 'upper' | 'lower';
  /** Probability of losses above the window or without bound. */
  readonly extra: number;
  /** Error of δ relative to it, with the sign that the bound asks for. */
  readonly relativeError: number;
  /** Error of `tilted`, in any bin and in the Euclidean norm over all. */
  readonly errors: { readonly bin: number; readonly norm: number };
}

/** Upper (or lower) bounds on δ(ε) = E[(1 − e^(ε−L))₊] for a total loss L, and on its inverse. */
export class TailCurve {
  readonly #parts: TailCurveParts;
  /** Per bin j: Σ over bins from j of tilted·e^(−tilt·x)·(1 − e^(−x)), x their distance from j in loss. */
  readonly #smooth: Float64Array;
  /** Per bin j: Σ over bins from j of tilted·e^(−(tilt+1)·x). */
  readonly #steep: Float64Array;
  /** What the errors of `tilted` may do to such a sum, with the sign that the bound asks for. */
  readonly #slack: number;

  constructor(parts: TailCurveParts) {
    this.#parts = parts;
    const { interval, tilted, tilt } = parts;
    const bins = tilted.length;
    const decay = Math.exp(-tilt * interval);
    const steeper = Math.exp(-(tilt + 1) * interval);
    const gain = -Math.expm1(-interval);
    this.#smooth = new Float64Array(bins + 1);
    this.#steep = new Float64Array(bins + 1);
    for (let j = bins - 1; j >= 0; j--) {
      this.#steep[j] = tilted[j]! + steeper * this.#steep[j + 1]!;
      this.#smooth[j] = decay * (this.#smooth[j + 1]! + gain * this.#steep[j + 1]!);
    }
    this.#slack = (parts.bound === 'upper' ? 1 : -1) * slackOf(parts);
  }

  /** The bound on δ at `epsilon`, at most 1. */
  deltaAt(epsilon: number): number {
    const { interval, first, tilt, logMoment, extra, relativeError } = this.#parts;
    // The window says nothing about what lies below it.
    if (epsilon < first * interval) return 1;
    const j = Math.ceil(epsilon / interval) - first;
    if (j >= this.#smooth.length - 1) return Math.min(1, extra);
    const at = (first + j) * interval;
    const sum = this.#smooth[j]! - this.#steep[j]! * Math.expm1(epsilon - at) + this.#slack;
    return Math.min(1, Math.exp(logMoment - tilt * at) * sum * (1 + relativeError) + extra);
  }

  /** The slope −d ln δ/dε at `epsilon`, roughly. */
  slopeAt(epsilon: number): number {
    const { interval, first, tilt } = this.#parts;
    const j = Math.max(0, Math.ceil(epsilon / interval) - first);
    const smooth = this.#smooth[j];
    return smooth !== undefined && smooth > 0 ? this.#steep[j]! / smooth : Math.max(tilt, 1);
  }

  /**
   * The least ε of the window whose bound on δ is at most `delta`, and the slope −d ln δ/dε there.
   * Infinity when the window holds none.
   */
  pointAt(delta: number): TailPoint {
    const { interval, first, tilt, logMoment, extra, relativeError } = this.#parts;
    const bins = this.#smooth.length - 1;
    if (!(delta > extra)) return { epsilon: Number.POSITIVE_INFINITY, slope: tilt };
    const logTarget = Math.log((delta - extra) / (1 + relativeError)) - logMoment;
    const target = (j: number) => Math.exp(logTarget + tilt * (first + j) * interval) - this.#slack;
    let low = 0;
    let high = bins;
    // The first bin at which δ has come down to the target.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#smooth[middle]! <= target(middle)) high = middle;
      else low = middle + 1;
    }
    if (low === bins && target(bins) < 0) return { epsilon: Number.POSITIVE_INFINITY, slope: tilt };
    const at = (first + low) * interval;
    const slope = this.slopeAt(at);
    if (low === 0) return { epsilon: at, slope };
    // Between two bins δ falls linearly in e^ε.
    const rest = Math.min(1, (target(low) - this.#smooth[low]!) / this.#steep[low]!);
    const back = Math.min(interval, Math.max(0, -Math.log1p(-rest)));
    return { epsilon: at - back, slope };
  }
}

/**
 * The most that the errors of the bins can add to Σ_j tilted·w_j with w_j = e^(−tilt·jh)·(1 − e^(−(j+1)h)): the smaller of
 * the bin error times Σw, and, by Cauchy and Schwarz, the norm's error times √Σw².
 */
function slackOf({ interval, tilted, tilt, errors }: TailCurveParts): number {
  let sum = 0;
  let squares = 0;
  for (let j = 0; j < tilted.length; j++) {
    const weight = Math.exp(-tilt * j * interval) * -Math.expm1(-(j + 1) * interval);
    sum += weight;
    squares += weight * weight;
    if (weight < 1e-12 * sum && tilt * j * interval > 40) break;
  }
  return Math.min(errors.bin * sum, errors.norm * Math.sqrt(squares)) * (1 + 1e-6);
}
