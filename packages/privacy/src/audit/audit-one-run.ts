import { checkDelta } from '../check-mechanism.ts';
import { privacyError } from '../errors.ts';
import { checkSignificance } from './guesses.ts';
import { oneRunEpsilon } from './one-run-epsilon.ts';
import { oneRunGaussianEpsilon } from './one-run-gaussian-epsilon.ts';
import { refutesTradeOff } from './refutes-trade-off.ts';
import type { TradeOff } from './trade-off.ts';

/** What is known after a run with canaries, one entry for each of them in an order that doesn't follow from the coins. */
export interface CanaryScores {
  /** The larger, the more the result looks as if the canary had been in. */
  readonly scores: ArrayLike<number>;
  /** How the canary's fair coin fell: whether it was in. */
  readonly included: ArrayLike<boolean>;
}

/** What one run with canaries shows. All of it holds together with confidence 1 − significance. */
export interface OneRunAudit {
  readonly canaries: number;
  readonly significance: number;
  /** The mechanism is not (epsilon, delta)-private for any epsilon below this. */
  readonly epsilon: number;
  /** The same if the mechanism's trade-off is that of a Gaussian; for others an estimate. */
  readonly gaussianEpsilon: number;
  /** Whether the promised trade-off is refuted. */
  readonly isRefuted: boolean;
  /** The count of guesses that showed most, and how many of them were right. */
  readonly guesses: number;
  readonly correct: number;
}

/** Fewer guesses than this show next to nothing. */
const FEWEST = 16;

/**
 * How many canaries are guessed: all, and ever fewer by halves. Half of the guesses are the highest scores, said to be in,
 * half the lowest, said to be out. A function of the number of canaries alone: nothing is chosen after the coins are seen.
 */
export function guessCounts(canaries: number): number[] {
  const counts: number[] = [];
  for (
    let count = canaries - (canaries % 2);
    count >= Math.min(FEWEST, canaries - 1);
    count = 2 * Math.floor(count / 4)
  ) {
    counts.push(count);
  }
  return counts;
}

/**
 * What the scores of one run with canaries show about its privacy at `delta`: two lower bounds on epsilon, and whether the
 * `promised` trade-off is refuted. The confidence is shared out: half of it for epsilon, half for the trade-off, and each half
 * among all counts of guesses that are tried.
 *
 * @throws `privacy.badParameter` for fewer than two canaries, lists of unequal length, or scores that aren't numbers
 */
export function auditOneRun({
  scores,
  included,
  promised,
  delta,
  significance,
}: CanaryScores & { readonly promised: TradeOff; readonly delta: number; readonly significance: number }): OneRunAudit {
  checkDelta(delta);
  checkSignificance(significance);
  const canaries = scores.length;
  const order = Array.from({ length: canaries }, (_, i) => i);
  if (canaries < 2 || included.length !== canaries || order.some((i) => Number.isNaN(scores[i]))) {
    throw privacyError({
      code: 'privacy.badParameter',
      message: 'An audit needs two canaries or more, each with a score and a coin.',
      data: { canaries, coins: included.length },
    });
  }
  // Ties stay in the canaries' own order, which says nothing of the coins.
  order.sort((a, b) => scores[b]! - scores[a]! || a - b);
  const counts = guessCounts(canaries);
  const share = significance / 2 / counts.length;
  const tried = counts.map((guesses) => {
    const half = guesses / 2;
    const correct =
      order.slice(0, half).filter((i) => included[i]).length +
      order.slice(canaries - half).filter((i) => !included[i]).length;
    const outcome = { canaries, guesses, correct };
    return {
      ...outcome,
      epsilon: oneRunEpsilon({ ...outcome, delta, significance: share }),
      gaussianEpsilon: oneRunGaussianEpsilon({ ...outcome, delta, significance: share }),
      isRefuted: refutesTradeOff({ ...outcome, promised, significance: share }),
    };
  });
  const best = tried.reduce((a, b) => (b.gaussianEpsilon > a.gaussianEpsilon ? b : a));
  return {
    canaries,
    significance,
    epsilon: Math.max(...tried.map(({ epsilon }) => epsilon)),
    gaussianEpsilon: best.gaussianEpsilon,
    isRefuted: tried.some(({ isRefuted }) => isRefuted),
    guesses: best.guesses,
    correct: best.correct,
  };
}
