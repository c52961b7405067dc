import { logAdd } from '../numeric/log-add.ts';
import type { RdpPoint } from '../rdp/epsilon-from-rdp.ts';
import { stoppingRate, type RunCount } from './run-count.ts';

/** The Rényi divergence of one run of a search, whichever candidate it takes, and its privacy curve. */
export interface SearchedRun {
  /** Bounds at orders above 1, on every candidate. */
  readonly curve: readonly RdpPoint[];
  /** A delta at which each candidate is (epsilon, delta)-private. */
  readonly deltaAt: (epsilon: number) => number;
}

/**
 * The Rényi divergence of order α > 1 of repeat-and-select: a secret random number of runs, each of a candidate drawn for
 * itself, of which the best by its own score is released and nothing else.
 *
 * Truncated negative binomial: ε(α) + min over α̂ ≥ 1 of (1+η)·[(1−1/α̂)·ε(α̂) + ln(1/γ)/α̂] + ln(mean)/(α−1); without
 * noise lost to the orders, (2+η)·ε. Poisson: ε(α) + mean·δ̂ + ln(mean)/(α−1) with δ̂ at ε̂ = ln(1 + 1/(α−1)); to that, which
 * bounds the outcomes of a run or more, the outcome of none is added here, e^−mean of e^((α−1)·divergence).
 *
 * Source: Papernot and Steinke 2022, "Hyperparameter Tuning with Rényi Differential Privacy", Theorems 2 and 6.
 */
export function tunedRdp({ curve, deltaAt }: SearchedRun, runs: RunCount, { order, rdp }: RdpPoint): number {
  const chosen = Math.log(runs.mean) / (order - 1);
  if (runs.kind === 'poisson') {
    const some = rdp + runs.mean * deltaAt(Math.log1p(1 / (order - 1))) + chosen;
    return logAdd((order - 1) * some, -runs.mean) / (order - 1);
  }
  const logRate = -Math.log(stoppingRate(runs));
  const other = curve.reduce(
    (least, point) => Math.min(least, (1 - 1 / point.order) * point.rdp + logRate / point.order),
    // At α̂ = 1 the divergence does not count.
    logRate,
  );
  return Math.max(rdp, rdp + (1 + runs.shape) * other + chosen);
}
