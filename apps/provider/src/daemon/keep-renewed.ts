/** What a renewal does; throws when it could not. */
export type Renewal = (signal: AbortSignal) => Promise<void>;

export interface KeepRenewedOptions {
  renew: Renewal;
  /** From one success to the next renewal. */
  periodMs: number;
  /** Pause after the first failure; it doubles up to `periodMs`. */
  retryMs: number;
  onError: (error: unknown) => void;
  signal: AbortSignal;
}

/** Renews now and then again and again until the signal; resolves when the last renewal is over. */
export async function keepRenewed({ renew, periodMs, retryMs, onError, signal }: KeepRenewedOptions): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let waitMs = periodMs;
    try {
      await renew(signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      waitMs = Math.min(periodMs, retryMs * 2 ** failures++) * (0.75 + Math.random() / 2);
    }
    await sleep(waitMs, signal);
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
