import { isEncryptechError } from '@encryptech/base';

/** What the process tells scripts. */
export const EXIT = {
  ok: 0,
  /** A defect of ours, or something nobody foresaw. */
  unexpected: 1,
  /** The input, the request or the state was refused; the same call fails again. */
  refused: 2,
  /** Something did not answer or is not ready; the same call may pass later. */
  unavailable: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** The exit code of an error: refusals 2, what may pass later 3, everything unknown 1. */
export function exitCodeOf(error: unknown): number {
  if (!isEncryptechError(error)) return EXIT.unexpected;
  return error.retry === 'never' ? EXIT.refused : EXIT.unavailable;
}
