import type { Log } from '@encryptech/chain';
import type { Crediting } from './payments/create-crediting.ts';

/** A round when something came in, and every `retryMs` for what waits; never two at once. */
export interface KeepCrediting {
  wake(): void;
  /** What the last round died of, if it did. */
  problem(): string | undefined;
  /** Lets the round that runs end. */
  stop(): Promise<void>;
}

export function keepCrediting(crediting: Crediting, options: { retryMs: number; log: Log }): KeepCrediting {
  const { retryMs, log } = options;
  let isStopped = false;
  let isWoken = false;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    do {
      isWoken = false;
      try {
        await crediting.round();
        problem = undefined;
      } catch (error) {
        problem = String(error);
        log.error({ error: problem }, 'Payments cannot be credited');
      }
    } while (isWoken && !isStopped);
  };
  const wake = (): void => {
    if (isStopped) return;
    isWoken = true;
    clearTimeout(timer);
    running ??= run().finally(() => {
      running = undefined;
      if (!isStopped) timer = setTimeout(wake, retryMs);
    });
  };
  wake();
  return {
    wake,
    problem: () => problem,
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
