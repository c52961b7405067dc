import { checkGuesses, checkSignificance, type Guesses } from './guesses.ts';
import type { TradeOff } from './trade-off.ts';

/**
 * Whether so many right guesses refute, at this significance, that the mechanism has the trade-off `promised` for every
 * record: with probability at most `significance` a mechanism that keeps the promise is refuted.
 *
 * Were P(at least v of the guesses are right) above the significance, then the shares of right and wrong answers in events
 * of more right ones would be bounded below one after the other, h from r by the trade-off (1 − f̄(r), the most that a
 * change of one coin brings about) and r from h by counting; they would add up to more than all guesses.
 *
 * Source: Mahloujifar, Melis, Chaudhuri 2024, "Auditing f-Differential Privacy in One Run", arXiv 2410.22235, Algorithm 3.
 *
 * @throws `privacy.badParameter`
 */
export function refutesTradeOff({
  promised,
  significance,
  ...counts
}: Guesses & { readonly promised: TradeOff; readonly significance: number }): boolean {
  checkSignificance(significance);
  return excessOf({ promised, significance, ...counts }) > SLACK;
}

/** What rounding may add to the sum. */
const SLACK = 1e-12;

/** How much more than all guesses the shares add up to; positive refutes the promise. */
function excessOf({
  canaries,
  guesses,
  correct,
  promised,
  significance,
}: Guesses & { readonly promised: TradeOff; readonly significance: number }): number {
  checkGuesses({ canaries, guesses, correct });
  let right = (significance * correct) / canaries;
  let wrong = (significance * (guesses - correct)) / canaries;
  for (let i = correct - 1; i >= 0; i--) {
    const more = promised(1 - right);
    // Once the trade-off brings nothing, neither share ever changes again.
    if (!(more > wrong)) break;
    right = Math.min(1, right + (i / (guesses - i)) * (more - wrong));
    wrong = more;
  }
  return right + wrong - guesses / canaries;
}
