import { open, type FileHandle } from 'node:fs/promises';
import type { Sha256 } from '@encryptech/base';
import { headOf, lineOf, type LogEntry } from './log-entry.ts';
import { verifyReleaseLog } from './verify-release-log.ts';

/** What a decision says; the log adds sequence, previous digest and time. */
export type Decision = Omit<LogEntry, 'seq' | 'previous' | 'time'>;

/** The append-only log of all decisions about keys. */
export interface ReleaseLog {
  /** Digest of the last entry on disk. */
  readonly head: Sha256;
  readonly entries: number;
  /** Appends a decision and returns the new head, after the line is on disk. Calls queue up. */
  append(decision: Decision): Promise<Sha256>;
  close(): Promise<void>;
}

/**
 * The log in a file (made with mode 0600 if missing), verified from its first line. A line that a crash left half
 * written is cut off: nothing was released on it, since each release waits for its line.
 *
 * @throws `owner.logAltered`, `owner.logTruncated`
 */
export async function openReleaseLog(
  path: string,
  { now, knownHeads = [] }: { now: () => number; knownHeads?: readonly Sha256[] },
): Promise<ReleaseLog> {
  const file = await open(path, 'a+', 0o600);
  try {
    await cutHalfLine(file);
    const verified = await verifyReleaseLog(path, { knownHeads });
    return logOn(file, verified.entries, verified.head, now);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function logOn(file: FileHandle, entries: number, head: Sha256, now: () => number): ReleaseLog {
  let queue: Promise<unknown> = Promise.resolve();
  const write = async (decision: Decision): Promise<Sha256> => {
    const entry: LogEntry = { seq: entries, previous: head, time: Math.floor(now() / 1000), ...decision };
    await file.appendFile(`${lineOf(entry)}\n`);
    await file.datasync();
    entries++;
    head = headOf(entry);
    return head;
  };
  return {
    get head() {
      return head;
    },
    get entries() {
      return entries;
    },
    append: (decision) => {
      const written = queue.then(() => write(decision));
      queue = written.catch(() => undefined);
      return written;
    },
    close: async () => {
      await queue;
      await file.close();
    },
  };
}

async function cutHalfLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  let end = size;
  const byte = new Uint8Array(1);
  while (end > 0) {
    await file.read(byte, 0, 1, end - 1);
    if (byte[0] === 0x0a) break;
    end--;
  }
  if (end < size) await file.truncate(end);
}
