import type { Log } from '../log.ts';
import { dumpState, type AnvilClient } from './anvil-rpc.ts';
import { writeSavedState, type StateFiles } from './saved-state.ts';

export interface StateSaver {
  /** Saves now, also when no block came since the last time. */
  save(): Promise<void>;
  /** Ends the regular saving; what is under way is finished first. */
  stop(): Promise<void>;
}

/**
 * Saves the chain's state each `intervalMs` in which a block came, atomically. anvil's own `--state-interval` truncates
 * its file before it writes it: an anvil killed in between leaves a chain that cannot be read again.
 * A state that takes long to write is written less often, so that saving stays below a tenth of the time.
 */
export function startStateSaver(client: AnvilClient, files: StateFiles, intervalMs: number, log: Log): StateSaver {
  let savedHash: string | null = null;
  let ended = false;
  let tail: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const save = (force: boolean): Promise<void> => {
    const turn = tail.then(async () => {
      const { hash } = await client.getBlock();
      if (!force && hash === savedHash) return;
      writeSavedState(files, await dumpState(client));
      savedHash = hash;
    });
    tail = turn.catch(() => undefined);
    return turn;
  };

  const schedule = (delayMs: number): void => {
    if (ended) return;
    timer = setTimeout(() => {
      const begun = performance.now();
      save(false)
        .catch((error: unknown) => log.warn({ error: String(error) }, 'The embedded chain could not be saved'))
        .finally(() => schedule(Math.max(intervalMs, 9 * (performance.now() - begun))));
    }, delayMs);
    timer.unref();
  };
  schedule(intervalMs);

  return {
    save: () => save(true),
    stop: async () => {
      ended = true;
      clearTimeout(timer);
      await tail;
    },
  };
}
