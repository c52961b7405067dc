import type { Hex } from '@encryptech/base';
import { headOf, lineOf, type LogEntry } from '../../release-log/log-entry.ts';
import type { ReleaseLog } from '../../release-log/open-release-log.ts';
import type { LogHead } from '../signed-head.ts';

export interface MemoryLogOptions {
  /** Digest of the delegation. */
  delegation: Hex;
  /** The owner's log, which this one goes on from. */
  from: { readonly entries: number; readonly head: Hex };
  sign: (head: LogHead) => Promise<Hex>;
  /** Hands a line and the signed head out; it must be away before the entry counts. */
  tell: (line: string, head: LogHead, signature: Hex) => Promise<void>;
  now: () => number;
}

/** A release log that goes on from an owner's, with each head signed. Who keeps the lines can drop the newest, but change none. */
export function createMemoryLog({ delegation, from, sign, tell, now }: MemoryLogOptions): ReleaseLog {
  let { entries, head } = from;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    get head() {
      return head;
    },
    get entries() {
      return entries;
    },
    append: (decision) => {
      const written = queue.then(async () => {
        const entry: LogEntry = { seq: entries, previous: head, time: Math.floor(now() / 1000), ...decision };
        const next = { delegation, entries: entries + 1, head: headOf(entry) };
        await tell(lineOf(entry), next, await sign(next));
        ({ entries, head } = next);
        return head;
      });
      queue = written.catch(() => undefined);
      return written;
    },
    close: async () => void (await queue),
  };
}
