import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { processIsAlive } from './process-is-alive.ts';

/** Held while one process looks after a folder. */
export interface FolderLock {
  release(): void;
}

/**
 * The lock, or the id of the living process that has it. The lock of a process that is gone is taken over, and that of
 * `takeOver`, a process of which the caller knows that it does not hold it.
 */
export function lockFolder(file: string, { takeOver }: { takeOver?: number } = {}): FolderLock | { heldBy: number } {
  for (;;) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, `${process.pid}\n`);
      closeSync(handle);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(file);
    if (holder !== undefined && holder !== takeOver && processIsAlive(holder)) return { heldBy: holder };
    rmSync(file, { force: true });
  }
}

function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
