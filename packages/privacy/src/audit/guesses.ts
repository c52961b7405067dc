import { privacyError } from '../errors.ts';

/** The outcome of guessing which canaries took part in one run. */
export interface Guesses {
  /** Records that took part by a fair coin each. */
  readonly canaries: number;
  /** Canaries whose membership was guessed; the others were passed over. */
  readonly guesses: number;
  /** Guesses that were right. */
  readonly correct: number;
}

const MOST = 1e7;

/** Throws `privacy.badParameter` unless correct ≤ guesses ≤ canaries, all of them whole numbers. */
export function checkGuesses({ canaries, guesses, correct }: Guesses): void {
  const rising = [0, correct, guesses, canaries, MOST];
  if (rising.every((value, i) => Number.isSafeInteger(value) && (i === 0 || rising[i - 1]! <= value))) return;
  throw privacyError({
    code: 'privacy.badParameter',
    message: `Of ${canaries} canaries ${guesses} guesses with ${correct} right are no outcome of an audit: whole numbers are needed, each at most the one before.`,
    data: { canaries, guesses, correct },
  });
}

/** Throws `privacy.badParameter` unless it is above 0 and at most a half. */
export function checkSignificance(significance: number): void {
  if (significance > 0 && significance <= 0.5) return;
  throw privacyError({
    code: 'privacy.badParameter',
    message: `significance must be above 0 and at most 0.5, got ${String(significance)}.`,
    data: { parameter: 'significance' },
  });
}
