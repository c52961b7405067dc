import type { Adjacency } from '../adjacency.ts';
import { checkSampling, checkSigma } from '../check-mechanism.ts';
import { calibrateSigma } from '../epsilon/calibrate-sigma.ts';
import { epsilonOf } from '../epsilon/epsilon-of.ts';
import { privacyError } from '../errors.ts';
import { ledgerCharge } from '../ledger/ledger-charge.ts';
import type { PackedCharge } from '../ledger/packed-charge.ts';
import type { SampledGaussian } from '../mechanism.ts';
import { bandedCoefficients } from './banded-coefficients.ts';
import { CorrelatedRun, type CorrelatedRunOptions } from './correlated-run.ts';

/** In which steps a unit takes part. */
export type BatchOrder =
  /**
   * Units are dealt into as many groups as there are bands, by chance; step t takes those of group t mod bands, each with
   * probability samplingRate·bands. So a unit takes part in a step with probability `samplingRate`.
   */
  | { readonly kind: 'cyclic-poisson'; readonly samplingRate: number }
  /** The rows as they come, in `passes` passes of steps/passes batches each: no sampling at all. For `replace-one` only. */
  | { readonly kind: 'passes'; readonly passes: number };

export interface CorrelatedPlanOptions {
  readonly bands: number;
  readonly steps: number;
  readonly order: BatchOrder;
  readonly adjacency: Adjacency;
  readonly clipNorm: number;
  readonly deltaExponent: number;
  /** Standard deviation of the noise over C; give this or `epsilon`. */
  readonly noiseMultiplier?: number;
  readonly epsilon?: number;
}

/**
 * A training whose noise is correlated over `bands` steps, so that much of it cancels in the sum of steps, which is what
 * trained weights are (banded matrix factorisation, Choquette-Choo et al. 2023, arXiv 2306.08153).
 */
export interface CorrelatedPlan {
  readonly bands: number;
  readonly steps: number;
  readonly order: BatchOrder;
  readonly adjacency: Adjacency;
  readonly clipNorm: number;
  readonly noiseMultiplier: number;
  readonly delta: number;
  readonly epsilon: number;
  readonly charge: PackedCharge;
  /** The plain DP-SGD that costs as much. */
  readonly mechanism: SampledGaussian;
  begin(options: CorrelatedRunOptions): CorrelatedRun;
}

/**
 * The plan with these settings, by `epsilon` or by noise.
 *
 * A unit's contribution in step t reaches the released rows t to t + bands − 1, with coefficients of norm 1. It takes part
 * again only when those are past, so contributions fall on rows of their own, and each is one Gaussian mechanism of σ:
 * n steps in groups cost as ⌈n/bands⌉ steps of DP-SGD sampled at bands·q (arXiv 2306.08153, Theorem 4), k passes as k steps
 * of all rows.
 *
 * @throws `privacy.badPlan` for neither or both of epsilon and noise, a rate above 1/bands, passes shorter than the bands,
 * or passes under add-or-remove-one, where every later batch would hold other rows; `privacy.badParameter`
 */
export function createCorrelatedPlan(options: CorrelatedPlanOptions): CorrelatedPlan {
  const { bands, steps, order, adjacency, clipNorm, deltaExponent } = options;
  const coefficients = bandedCoefficients(bands);
  checkSampling({ q: 1, steps, adjacency });
  if (!(clipNorm >= 1e-30 && clipNorm <= 1e30)) refuse('privacy.badParameter', 'The clip norm must be above 0.');
  if (!Number.isSafeInteger(deltaExponent) || deltaExponent < 1 || deltaExponent > 30)
    refuse('privacy.badParameter', 'The exponent of delta is a whole number from 1 to 30.');
  if ((options.epsilon === undefined) === (options.noiseMultiplier === undefined))
    refuse('privacy.badPlan', 'A plan of correlated noise needs an epsilon or a noise multiplier, one of them.');
  const cost = { ...equalRun(order, bands, steps, adjacency), adjacency };
  const delta = Number(`1e-${deltaExponent}`);
  const priced = { ...cost, delta, accountant: 'pld' } as const;
  const sigma = options.noiseMultiplier ?? calibrateSigma({ ...priced, epsilon: options.epsilon! });
  checkSigma(sigma);
  const mechanism = { ...cost, sigma };
  const plan = { bands, steps, order, adjacency, clipNorm, noiseMultiplier: sigma, delta, mechanism };
  return {
    ...plan,
    epsilon: epsilonOf({ ...priced, sigma }),
    charge: ledgerCharge(mechanism),
    begin: (run) => new CorrelatedRun(plan, coefficients, run),
  };
}

/** Rate and number of steps of the DP-SGD that costs as much. */
function equalRun(order: BatchOrder, bands: number, steps: number, adjacency: Adjacency): { q: number; steps: number } {
  if (order.kind === 'passes') {
    const { passes } = order;
    if (!Number.isSafeInteger(passes) || passes < 1 || steps % passes !== 0 || steps / passes < bands)
      refuse('privacy.badPlan', 'Passes divide the steps into parts of at least as many steps as there are bands.');
    if (adjacency !== 'replace-one')
      refuse('privacy.badPlan', 'Rows in a fixed order are protected under replace-one only.');
    return { q: 1, steps: passes };
  }
  const q = bands * order.samplingRate;
  if (!(order.samplingRate > 0 && q <= 1))
    refuse(
      'privacy.badPlan',
      `A group can't be drawn more often than always: the sampling rate is at most 1/${bands}.`,
    );
  return { q, steps: Math.ceil(steps / bands) };
}

function refuse(code: 'privacy.badPlan' | 'privacy.badParameter', message: string): never {
  throw privacyError({ code, message });
}
