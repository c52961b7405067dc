/** Aborts its signal when nothing restarted it for that long. */
export interface StallClock {
  readonly signal: AbortSignal;
  readonly stalled: boolean;
  restart(): void;
  stop(): void;
}

/** A running {@link StallClock}. */
export function createStallClock(timeoutMs: number): StallClock {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stalled = false;
  const stop = (): void => clearTimeout(timer);
  const restart = (): void => {
    stop();
    timer = setTimeout(() => {
      stalled = true;
      controller.abort();
    }, timeoutMs);
  };
  restart();
  return {
    signal: controller.signal,
    get stalled() {
      return stalled;
    },
    restart,
    stop,
  };
}
