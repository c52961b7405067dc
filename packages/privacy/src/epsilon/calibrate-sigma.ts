import { checkDelta, checkSampling } from '../check-mechanism.ts';
import { privacyError } from '../errors.ts';
import type { SampledGaussian } from '../mechanism.ts';
import type { Accountant } from './accountant.ts';
import { epsilonOf } from './epsilon-of.ts';

const MIN_SIGMA = 0.01;
const MAX_SIGMA = 1e5;
const RELATIVE_TOLERANCE = 1e-5;

/**
 * The least sigma, to 1e-5 relative and rounded up, whose epsilon at `delta` is at most `epsilon`. The returned sigma has
 * itself been accounted.
 *
 * @throws `privacy.badParameter`; `privacy.unreachable` when no sigma from 0.01 to 100000 is it
 */
export function calibrateSigma({
  epsilon,
  ...run
}: Omit<SampledGaussian, 'sigma'> & {
  readonly epsilon: number;
  readonly delta: number;
  readonly accountant: Accountant;
}): number {
  checkSampling(run);
  checkDelta(run.delta);
  if (typeof epsilon !== 'number' || !(epsilon > 0 && epsilon < 1e6)) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: `epsilon must be a number above 0, got ${String(epsilon)}.`,
      data: { parameter: 'epsilon' },
    });
  }
  const excess = (sigma: number) => Math.log(epsilonOf({ ...run, sigma }) / epsilon);
  const [low, high] = bracket(excess, epsilon);
  return narrow(excess, low, high);
}

/** A sigma and its ln(epsilon / wanted): positive below the answer, negative or 0 above it. */
interface Probe {
  readonly sigma: number;
  readonly excess: number;
}

function bracket(excess: (sigma: number) => number, epsilon: number): [Probe, Probe] {
  let probe = { sigma: 1, excess: excess(1) };
  const up = probe.excess > 0;
  for (;;) {
    const sigma = up ? probe.sigma * 2 : probe.sigma / 2;
    if (sigma < MIN_SIGMA || sigma > MAX_SIGMA) {
      throw privacyError({
        code: 'privacy.unreachable',
        message: `No noise multiplier from ${MIN_SIGMA} to ${MAX_SIGMA} gives epsilon ${epsilon}.`,
        hint: up
          ? 'Ask for a larger epsilon, or fewer steps.'
          : 'Ask for a smaller epsilon: this run needs next to no noise.',
        data: { epsilon },
      });
    }
    const next = { sigma, excess: excess(sigma) };
    if (up && next.excess <= 0) return [probe, next];
    if (!up && next.excess > 0) return [next, probe];
    probe = next;
  }
}

/** Regula falsi on logarithms with the Illinois rule, which keeps the bracket and never stalls at one end. */
function narrow(excess: (sigma: number) => number, low: Probe, high: Probe): number {
  let weightLow = low.excess;
  let weightHigh = high.excess === Number.NEGATIVE_INFINITY ? -1 : high.excess;
  while (high.sigma > low.sigma * (1 + RELATIVE_TOLERANCE)) {
    const a = Math.log(low.sigma);
    const b = Math.log(high.sigma);
    const width = b - a;
    const share = weightLow / (weightLow - weightHigh);
    // Aim a hair to the far side, so that both ends close in.
    const aim = a + width * share + (share < 0.5 ? 0.4 : -0.4) * RELATIVE_TOLERANCE;
    const sigma = Math.exp(Math.min(b - 0.01 * width, Math.max(a + 0.01 * width, aim)));
    const probe = { sigma, excess: excess(sigma) };
    if (probe.excess > 0) {
      low = probe;
      weightLow = probe.excess;
      weightHigh /= 2;
    } else {
      high = probe;
      weightHigh = Number.isFinite(probe.excess) ? probe.excess : -1;
      weightLow /= 2;
    }
  }
  return high.sigma;
}
