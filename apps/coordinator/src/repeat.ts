export interface RepeatOptions {
  work: () => Promise<unknown>;
  /** From one round to the next when nobody wakes it. */
  periodMs: number;
  /** Least time from the end of a round to the next one that somebody woke: what comes in a burst is one round. */
  gapMs?: number;
  /** Told after each round: the error, or nothing. */
  onRound: (error?: unknown) => void;
  signal: AbortSignal;
}

export interface Repeating {
  /** Asks for a round soon, also while one is running. */
  wake(): void;
  /** Resolves when the last round is over. */
  done: Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Does something again and again until the signal, with growing, jittered pauses while it fails. Starts at once. */
export function repeat({ work, periodMs, gapMs = 50, onRound, signal }: RepeatOptions): Repeating {
  let woken = false;
  let hear: () => void = () => undefined;

  const wait = (ms: number, wakeable: boolean): Promise<void> =>
    new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        hear = () => undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
      if (wakeable) hear = end;
      if (signal.aborted || (wakeable && woken)) end();
    });

  const loop = async (): Promise<void> => {
    for (let failures = 0; !signal.aborted;) {
      woken = false;
      try {
        await work();
        failures = 0;
        onRound();
      } catch (error) {
        if (signal.aborted) return;
        onRound(error);
        await wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++) * (0.75 + Math.random() / 2), false);
        continue;
      }
      await wait(gapMs, false);
      await wait(periodMs, true);
    }
  };
  return {
    wake() {
      woken = true;
      hear();
    },
    done: loop(),
  };
}
