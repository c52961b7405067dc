import { binomialTails } from '../numeric/binomial-tails.ts';
import { checkGuesses, type Guesses } from './guesses.ts';
import { checkDeltaOrZero, checkEpsilon } from '../check-mechanism.ts';

/** What floating-point sums may be off by, relative; added so that a p-value is never too small. */
const ROUNDING = 1e-9;

/**
 * The largest probability with which an (epsilon, delta)-private mechanism lets somebody be right so often: of `canaries`
 * records, each taken in by a fair coin of its own, memberships of `guesses` were guessed from the result and `correct` of
 * them were right. The others were passed over; which ones may depend on the result in any way.
 *
 * β + 2·m·δ·max over i of P(v − i ≤ W < v)/i, where W is binomial with e^ε/(1 + e^ε) and β = P(W ≥ v); at most 1.
 *
 * Source: Steinke, Nasr, Jagielski 2023, "Privacy Auditing with One (1) Training Run", arXiv 2305.08846, Theorem 5.2.
 *
 * @throws `privacy.badParameter`
 */
export function oneRunPValue({
  epsilon,
  delta,
  ...counts
}: Guesses & { readonly epsilon: number; readonly delta: number }): number {
  checkGuesses(counts);
  checkEpsilon(epsilon);
  checkDeltaOrZero(delta);
  const { canaries, guesses, correct } = counts;
  const tails = binomialTails(guesses, 1 / (1 + Math.exp(-epsilon)));
  const beta = tails[correct]!;
  let steepest = 0;
  for (let i = 1; i <= correct; i++) steepest = Math.max(steepest, (tails[correct - i]! - beta) / i);
  return Math.min(1, (beta + 2 * canaries * delta * steepest) * (1 + ROUNDING));
}
