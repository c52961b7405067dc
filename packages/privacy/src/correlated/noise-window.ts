import { bandedCoefficients } from './banded-coefficients.ts';

/**
 * What correlated noise remembers: for the last bands − 1 steps, the sums less what was released for them. Step t releases
 * y_t = (round(c_0·x_t + Σ_j c_j·(x_{t−j} − y_{t−j})) + z_t) / c_0 with fresh z_t, so that C·(y − x) is z but for the rounding:
 * white noise behind the banded C, and never a finer number than a grid point.
 *
 * The window is as private as the sums themselves: with what was released it gives them.
 */
export class NoiseWindow {
  readonly #coefficients: Float64Array;
  readonly #length: number;
  /** Steps × coordinates; step t lies in slot t mod (bands − 1). Zeros stand for steps before the first. */
  readonly values: Float64Array;
  /** The first coefficients of 1/C, the newest last, and the sum of their squares. */
  #inverse: number[] = [];
  #steps = 0;
  #square = 0;

  /** `values` is the window of the steps before, from {@link values}; a copy is taken. */
  constructor(bands: number, length: number, values?: Float64Array) {
    this.#coefficients = bandedCoefficients(bands);
    this.#length = length;
    this.values = values === undefined ? new Float64Array((bands - 1) * length) : values.slice();
  }

  /** What is rounded and noised for the coordinates from `start` on: c_0 times the sums, and what remains of the steps before. */
  weighted(step: number, start: number, sums: ArrayLike<number>): Float64Array {
    const [first] = this.#coefficients;
    const out = Float64Array.from(sums, (value) => first! * value);
    const kept = this.#coefficients.length - 1;
    for (let j = 1; j <= Math.min(kept, step); j++) {
      const c = this.#coefficients[j]!;
      const from = ((step - j) % kept) * this.#length + start;
      for (let i = 0; i < out.length; i++) out[i]! += c * this.values[from + i]!;
    }
    return out;
  }

  /** What is released for those coordinates, from the noised numbers; it is kept in mind for the steps to come. */
  release(step: number, start: number, sums: ArrayLike<number>, noised: Float64Array): Float64Array {
    const [first] = this.#coefficients;
    const released = noised.map((value) => value / first!);
    const kept = this.#coefficients.length - 1;
    if (kept === 0) return released;
    const to = (step % kept) * this.#length + start;
    for (let i = 0; i < released.length; i++) this.values[to + i] = sums[i]! - released[i]!;
    return released;
  }

  /** Standard deviation of an entry's noise in this step, over that of fresh noise: the norm of a row of 1/C. */
  growth(step: number): number {
    const c = this.#coefficients;
    for (; this.#steps <= step; this.#steps++) {
      let next = this.#steps === 0 ? 1 : 0;
      this.#inverse.forEach((a, i) => (next -= c[this.#inverse.length - i]! * a));
      next /= c[0]!;
      this.#inverse = [...this.#inverse, next].slice(Math.max(0, this.#inverse.length + 2 - c.length));
      this.#square += next * next;
    }
    return Math.sqrt(this.#square);
  }
}
