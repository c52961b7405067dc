import { marketError } from './errors.ts';
import type { Preferences } from './facts.ts';

/** What a developer cares for who did not say: a little more about cost. */
export const DEFAULT_PREFERENCES: Preferences = { security: 3_000, performance: 3_000, cost: 4_000 };

const BPS = 10_000;
const LEVELS = 3;

/** One admissible offer, as the score sees it. */
export interface Candidate {
  /** The offer's id. */
  readonly id: string;
  readonly ask: bigint;
  readonly level: number;
  readonly speed: bigint;
  readonly reputationBps: number;
}

/** What all candidates are measured against. */
export interface ScoreScale {
  readonly fastest: bigint;
  readonly cheapest: bigint;
}

/** A candidate's marks, each 0 to 10,000, and their sum under the weights: the reasons of its rank. */
export interface ScoredCandidate {
  readonly id: string;
  readonly score: number;
  readonly security: number;
  readonly performance: number;
  readonly cost: number;
  readonly reputationBps: number;
}

/** The fastest and the cheapest of all. */
export function scaleOf(candidates: readonly Candidate[]): ScoreScale {
  let fastest = 0n;
  let cheapest: bigint | undefined;
  for (const { speed, ask } of candidates) {
    if (speed > fastest) fastest = speed;
    if (cheapest === undefined || ask < cheapest) cheapest = ask;
  }
  return { fastest, cheapest: cheapest ?? 0n };
}

/** Marks for level (of 3), speed (of the fastest) and ask (the cheapest of it), each rounded down to basis points. */
export function marksOf({ level, speed, ask }: Candidate, { fastest, cheapest }: ScoreScale) {
  return {
    security: Math.floor((Math.min(level, LEVELS) * BPS) / LEVELS),
    performance: fastest === 0n ? BPS : Number((speed * BigInt(BPS)) / fastest),
    cost: ask === 0n ? BPS : Number((cheapest * BigInt(BPS)) / ask),
  };
}

/**
 * Weighted marks × (10,000 + reputation): half the score hangs on reputation, so a newcomer can win by being better or
 * cheaper, and a faulty provider has to be twice as good. At most 2·10^12: exact in a number.
 */
export const scoreOf = (
  weights: Preferences,
  marks: { readonly security: number; readonly performance: number; readonly cost: number },
  reputationBps: number,
): number =>
  (weights.security * marks.security + weights.performance * marks.performance + weights.cost * marks.cost) *
  (BPS + reputationBps);

/**
 * The candidates from best to worst, each with its marks. Integer arithmetic; equal scores go by lower ask, then id, so
 * everybody gets the same ranking.
 *
 * @throws `market.badParameter` for weights that don't add up to 10,000
 */
export function rankCandidates(preferences: Preferences, candidates: readonly Candidate[]): ScoredCandidate[] {
  checkPreferences(preferences);
  const scale = scaleOf(candidates);
  return [...candidates]
    .map((candidate) => {
      const marks = marksOf(candidate, scale);
      const { id, ask, reputationBps } = candidate;
      return { ask, scored: { id, score: scoreOf(preferences, marks, reputationBps), ...marks, reputationBps } };
    })
    .sort(
      (a, b) =>
        b.scored.score - a.scored.score ||
        (a.ask < b.ask ? -1 : a.ask > b.ask ? 1 : 0) ||
        (a.scored.id < b.scored.id ? -1 : 1),
    )
    .map(({ scored }) => scored);
}

/**
 * Returns for weights that are whole, not negative, and add up to 10,000.
 *
 * @throws `market.badParameter`
 */
export function checkPreferences({ security, performance, cost }: Preferences): void {
  const weights = [security, performance, cost];
  if (weights.every((weight) => Number.isInteger(weight) && weight >= 0) && security + performance + cost === BPS)
    return;
  throw marketError({ code: 'market.badParameter', message: 'Preferences are basis points that add up to 10000.' });
}
