import { privacyError } from '../errors.ts';
import type { Keystream } from '../noise/keystream.ts';

/**
 * How often a search runs its candidates: a random number that has to stay secret, since a search whose number of runs is
 * known tells far more.
 */
export type RunCount =
  /** Shape 1 is geometric, 0 logarithmic; a larger shape is nearer to its mean and costs more. At least one run. */
  | { readonly kind: 'negative-binomial'; readonly shape: number; readonly mean: number }
  /** Nearest to its mean; none at all with probability e^−mean. */
  | { readonly kind: 'poisson'; readonly mean: number };

/**
 * Throws unless the mean is from 1 to 10,000 and the shape from 0 to 100.
 *
 * @throws `privacy.badParameter`
 */
export function checkRunCount(runs: RunCount): void {
  const isKnown =
    runs.kind === 'poisson' || (runs.kind === 'negative-binomial' && runs.shape >= 0 && runs.shape <= 100);
  if (isKnown && runs.mean >= 1 && runs.mean <= 10_000) return;
  throw privacyError({
    code: 'privacy.badParameter',
    message:
      'The number of runs is negative-binomial of a shape from 0 to 100, or poisson, with a mean from 1 to 10000.',
    data: { parameter: 'runs' },
  });
}

/** The γ of a truncated negative binomial distribution with this shape η and mean: η(1−γ)/(γ(1−γ^η)), at η = 0 (1/γ−1)/ln(1/γ). */
export function stoppingRate({ shape, mean }: { readonly shape: number; readonly mean: number }): number {
  const meanAt = (log: number) => {
    const [gamma, rest] = [Math.exp(log), -Math.expm1(log)];
    return shape === 0 ? rest / (gamma * -log) : (shape * rest) / (gamma * -Math.expm1(shape * log));
  };
  if (mean === 1) return 1;
  let [low, high] = [-60, -1e-12];
  // Rounded towards the smaller γ, which costs more.
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) > mean) low = middle;
    else high = middle;
  }
  return Math.exp(low);
}

/** More runs than this have no probability that a double could hold. */
const MOST = 10_000_000;

/** The probability of `count` runs after the one of a run less, or of the first count there is. */
function* probabilities(runs: RunCount): Generator<number> {
  if (runs.kind === 'poisson') {
    let p = Math.exp(-runs.mean);
    for (let k = 1; ; k++) {
      yield p;
      p *= runs.mean / k;
    }
  }
  const { shape } = runs;
  const gamma = stoppingRate(runs);
  if (gamma === 1) {
    yield 1;
    for (;;) yield 0;
  }
  const rest = 1 - gamma;
  let p = shape === 0 ? rest / -Math.log(gamma) : (rest * shape) / Math.expm1(-shape * Math.log(gamma));
  for (let k = 1; ; k++) {
    yield p;
    p *= (rest * (k + shape)) / (k + 1);
  }
}

/** The total variation, at most, between what {@link drawRunCount} draws and the distribution. */
export const RUN_COUNT_ERROR = 1e-12;

/** A number of runs from the keystream, by inversion of the distribution function; within {@link RUN_COUNT_ERROR} of it. */
export function drawRunCount(runs: RunCount, keystream: Keystream): number {
  checkRunCount(runs);
  const uniform = (keystream.next() * 2 ** 21 + (keystream.next() >>> 11)) * 2 ** -53;
  const first = runs.kind === 'poisson' ? 0 : 1;
  let below = 0;
  let count = first;
  for (const p of probabilities(runs)) {
    below += p;
    if (uniform < below || count >= MOST) break;
    // Past the last double that adds anything.
    if (p === 0 && below > 0.5) break;
    count++;
  }
  return count;
}
