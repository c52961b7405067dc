import { greatestArgument } from '../numeric/greatest-argument.ts';
import { checkSignificance, type Guesses } from './guesses.ts';
import { oneRunPValue } from './one-run-p-value.ts';

/** Larger epsilons aren't looked at: no number of canaries that fits a machine proves one. */
const LIMIT = 100;

/**
 * An epsilon that the audited mechanism exceeds at `delta`, with confidence 1 − `significance`: the greatest one that its
 * guesses refute; 0 when they refute none. How many are guessed has to be settled before the memberships are looked at.
 *
 * @throws `privacy.badParameter`
 * @example oneRunEpsilon({ canaries: 1000, guesses: 100, correct: 95, delta: 1e-5, significance: 0.05 }) // 2.07
 */
export function oneRunEpsilon({
  significance,
  ...audit
}: Guesses & { readonly delta: number; readonly significance: number }): number {
  checkSignificance(significance);
  return greatestArgument((epsilon) => oneRunPValue({ ...audit, epsilon }), significance, LIMIT);
}
