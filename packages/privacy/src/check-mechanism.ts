import { ADJACENCIES } from './adjacency.ts';
import { privacyError } from './errors.ts';
import type { SampledGaussian } from './mechanism.ts';

const MAX_STEPS = 1e9;

function refuse(name: string, value: unknown, rule: string): never {
  throw privacyError({
    code: 'privacy.badParameter',
    message: `${name} must be ${rule}, got ${String(value)}.`,
    data: { parameter: name },
  });
}

export function checkSigma(sigma: number): void {
  if (typeof sigma !== 'number' || !(sigma >= 1e-3 && sigma <= 1e6)) {
    refuse('sigma', sigma, 'a number from 0.001 to 1000000');
  }
}

export function checkSampling({ q, steps, adjacency }: Omit<SampledGaussian, 'sigma'>): void {
  if (typeof q !== 'number' || !(q > 0 && q <= 1)) refuse('q', q, 'a probability above 0 and at most 1');
  if (!Number.isSafeInteger(steps) || steps < 1 || steps > MAX_STEPS) {
    refuse('steps', steps, `an integer from 1 to ${MAX_STEPS}`);
  }
  if (!ADJACENCIES.includes(adjacency)) refuse('adjacency', adjacency, `one of ${ADJACENCIES.join(', ')}`);
}

export function checkDelta(delta: number): void {
  if (typeof delta !== 'number' || !(delta >= 1e-200 && delta < 1)) {
    refuse('delta', delta, 'a probability from 1e-200, below 1');
  }
}

/** As {@link checkDelta}, or exactly 0: audits test pure differential privacy too. */
export function checkDeltaOrZero(delta: number): void {
  if (delta !== 0) checkDelta(delta);
}

export function checkEpsilon(epsilon: number): void {
  if (typeof epsilon !== 'number' || !(epsilon >= 0 && epsilon < 1e9)) {
    refuse('epsilon', epsilon, 'a finite number, 0 or more');
  }
}

export function checkOrder(order: number): void {
  if (typeof order !== 'number' || !(order > 1 && order <= 1e6))
    refuse('order', order, 'a number above 1, at most 1000000');
}
