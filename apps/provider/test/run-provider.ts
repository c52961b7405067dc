import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address, Hex } from '@encryptech/base';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { EnclaveMessage, StartBody } from '../src/enclave/enclave-pipe.ts';
import { runJob, type JobOutcome, type RecordedRelease } from '../src/jobs/run-job.ts';
import { createJobBoard } from '../src/rooms/job-board.ts';
import { startServer } from '../src/server/start-server.ts';
import { makeStart, type JobKit } from './job-kit.ts';

type ResultBody = Extract<EnclaveMessage, { type: 'result' }>['body'];

/** A provider's daemon without its chain: a real server, a real worker, and a record of what would go on chain. */
export interface ProviderUnderTest {
  readonly url: string;
  readonly folder: string;
  /** Resolves when the enclave is registered. */
  readonly started: Promise<{ enclaveKey: Address; evidenceId: Hex }>;
  readonly outcome: Promise<JobOutcome>;
  readonly checkpoints: number[];
  delivered(): { body: ResultBody; release: RecordedRelease } | undefined;
  /** What the daemon logged. */
  readonly logged: string[];
  stop(): Promise<void>;
}

export async function runProvider(
  kit: JobKit,
  change: (start: StartBody) => Partial<StartBody> = () => ({}),
): Promise<ProviderUnderTest> {
  const { folder, start } = makeStart(kit);
  const board = createJobBoard();
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    board,
    metrics: new Registry(),
    problems: () => [],
  });
  const abort = new AbortController();
  const logged: string[] = [];
  const checkpoints: number[] = [];
  let delivery: { body: ResultBody; release: RecordedRelease } | undefined;
  const begun = Promise.withResolvers<{ enclaveKey: Address; evidenceId: Hex }>();
  const outcome = runJob({
    jobId: kit.jobId,
    start: { ...start, ...change(start) },
    folder,
    memoryMiB: 1024,
    actions: {
      start: (enclaveKey, evidenceId) => {
        begun.resolve({ enclaveKey, evidenceId });
        return Promise.resolve();
      },
      checkpoint: ({ checkpoint }) => Promise.resolve(void checkpoints.push(checkpoint.step)),
      deliver: (body, release) => Promise.resolve(void (delivery = { body, release })),
    },
    open: (room) => board.open(room),
    log: pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) }),
    now: Date.now,
    signal: abort.signal,
  });
  outcome.then(
    (end) => begun.reject(new Error(`The job ended first: ${JSON.stringify(end)}`)),
    (error: unknown) => begun.reject(error as Error),
  );
  begun.promise.catch(() => undefined);
  return {
    url: server.url,
    folder,
    started: begun.promise,
    outcome,
    checkpoints,
    delivered: () => delivery,
    logged,
    stop: async () => {
      abort.abort();
      await outcome.catch(() => undefined);
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A folder that is gone after the test. */
export function scratchFolder(cleanups: (() => unknown)[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
