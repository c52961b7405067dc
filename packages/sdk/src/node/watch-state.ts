import type { Hex, JobId } from '@encryptech/base';
import { z } from 'zod';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** How far a daemon has read the chain, and which jobs are its business. */
export interface WatchState {
  /** The first block that it has not read; undefined on a chain that it has never seen. */
  readonly nextBlock: bigint | undefined;
  readonly jobs: ReadonlySet<JobId>;
  add(job: JobId): Promise<void>;
  remove(job: JobId): Promise<void>;
  /** All blocks before this one were read. Goes back too, after a reorganisation. */
  reach(nextBlock: bigint): Promise<void>;
  /** Writes down how far it has come: for a daemon that stops. */
  flush(): Promise<void>;
}

const stateSchema = z.strictObject({
  genesisHash: z.string(),
  nextBlock: z.string().regex(/^\d{1,20}$/),
  jobs: z.array(z.string().regex(/^0x[0-9a-f]{64}$/)),
});
/** Blocks without news are only written down now and then; reading them again costs little. */
const BLOCKS_BETWEEN_WRITES = 64n;

/**
 * A daemon's watch state in a file, flushed before `add` and `remove` resolve. The state of another chain (by genesis
 * hash: an embedded chain that was begun anew), and a file that can't be read, count as none: the daemon reads the chain
 * from its beginning, and finds its jobs there.
 */
export async function openWatchState(path: string, genesisHash: Hex): Promise<WatchState> {
  const stored = await readState(path, genesisHash);
  let nextBlock = stored?.nextBlock;
  let written = nextBlock;
  const jobs = new Set<JobId>(stored?.jobs);
  let queue: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    const state = { genesisHash, nextBlock: (nextBlock ?? 0n).toString(), jobs: [...jobs].sort() };
    written = nextBlock;
    const done = queue.then(() => writePrivateFile(path, JSON.stringify(state)));
    queue = done.catch(() => undefined);
    return done;
  };
  return {
    get nextBlock() {
      return nextBlock;
    },
    jobs,
    add: async (job) => {
      if (jobs.has(job)) return;
      jobs.add(job);
      await write();
    },
    remove: async (job) => {
      if (jobs.delete(job)) await write();
    },
    reach: async (block) => {
      const back = nextBlock !== undefined && block < nextBlock;
      nextBlock = block;
      if (back || written === undefined || block - written >= BLOCKS_BETWEEN_WRITES) await write();
    },
    flush: () => (nextBlock === written ? queue : write()),
  };
}

async function readState(path: string, genesisHash: Hex): Promise<{ nextBlock: bigint; jobs: JobId[] } | undefined> {
  try {
    const state = stateSchema.parse(JSON.parse(await readPrivateFile(path, 'watch state')));
    if (state.genesisHash !== genesisHash) return undefined;
    return { nextBlock: BigInt(state.nextBlock), jobs: state.jobs as JobId[] };
  } catch {
    return undefined;
  }
}
