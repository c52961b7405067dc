import { setTimeout as sleep } from 'node:timers/promises';
import { isEncryptechError } from '@encryptech/base';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export interface UntilDoneOptions {
  /** Ends the tries; the last error is thrown then. */
  signal: AbortSignal;
  onRetry: (error: unknown) => void;
  /** Codes that pass with time though they do not say so themselves. */
  alsoRetry?: readonly string[];
  firstPauseMs?: number;
}

/**
 * What `work` gives, tried again with growing, jittered pauses while its errors say that it may pass (`retry` is not
 * `never`): a coordinator, a chain or a blob store that is away. Any other error is thrown at once.
 */
export async function untilDone<T>(work: () => Promise<T>, options: UntilDoneOptions): Promise<T> {
  const { signal, onRetry, alsoRetry = [], firstPauseMs = FIRST_PAUSE_MS } = options;
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      const passes = isEncryptechError(error) && (error.retry !== 'never' || alsoRetry.includes(error.code));
      if (!passes || signal.aborted) throw error;
      onRetry(error);
      const pauseMs = Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** failures) * (0.75 + Math.random() / 2);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}
