import { rm } from 'node:fs/promises';
import type { Address, JobId } from '@encryptech/base';
import {
  chainTime,
  jobState,
  watchJobs,
  type ChainClient,
  type IntentSender,
  type JobOnChain,
} from '@encryptech/chain';
import { wireErrorOf, type BlobStore, type SigningDomain } from '@encryptech/protocol';
import type { CoordinatorClient } from '@encryptech/sdk/coordinator';
import { oneAtATime, type WatchState } from '@encryptech/sdk/node';
import type { Logger } from 'pino';
import { isAddressEqual } from 'viem/utils';
import type { ProviderConfig } from '../config/provider-config.ts';
import type { StartBody } from '../enclave/enclave-pipe.ts';
import type { KeylessAttempts } from '../jobs/keyless-attempts.ts';
import { runJob, type JobOutcome } from '../jobs/run-job.ts';
import type { JobBoard } from '../rooms/job-board.ts';
import type { ProviderMetrics } from '../server/metrics.ts';
import { createJobActions } from './job-actions.ts';
import { prepareJob } from './prepare-job.ts';
import { untilDone } from './until-done.ts';

export interface WorkOptions {
  config: Pick<ProviderConfig, 'workers' | 'workerMemoryMiB' | 'threads'>;
  workDir: string;
  account: Address;
  client: ChainClient;
  writer: IntentSender;
  coordinator: CoordinatorClient;
  blobs: BlobStore;
  domain: SigningDomain;
  attester: StartBody['attester'];
  board: JobBoard;
  state: WatchState;
  /** Where attempts whose owner gave no key are written down. */
  keyless: KeylessAttempts;
  metrics: ProviderMetrics;
  now: () => number;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Works on every job that is matched to this provider, as many at a time as there are workers, until the signal; then
 * resolves when all workers are gone. The chain is asked anew before each job: events may come twice, and come again after
 * a restart. What the chain has forgotten is sent again, else later transactions would wait for its nonces for ever.
 */
export async function workOnJobs(options: WorkOptions): Promise<void> {
  const { account, client, writer, state, log, signal } = options;
  const slots = createSlots(options.config.workers);
  const desk = oneAtATime<JobId>(
    (jobId) => slots(() => workOn(jobId, options)),
    (error, jobId) => log.error({ jobId, err: error }, 'The job broke off'),
  );

  // Folders of attempts whose workers a crash has ended.
  await rm(options.workDir, { recursive: true, force: true });
  // What was open when the daemon last ended.
  for (const jobId of state.jobs) desk.run(jobId);
  const fromBlock = state.nextBlock === undefined ? {} : { fromBlock: state.nextBlock };
  for await (const told of watchJobs(client, { ...fromBlock, signal, log })) {
    if (told.kind === 'rollback')
      writer.recover().catch((error: unknown) => log.warn({ err: error }, 'Sending again what was forgotten failed'));
    if (told.kind !== 'event') await state.reach(told.block + 1n);
    else if (told.event.key === 'jobs.Matched' && isAddressEqual(told.event.args.provider, account)) {
      const jobId = told.event.args.jobId as JobId;
      await state.add(jobId);
      desk.run(jobId);
    }
  }
  await desk.idle();
}

async function workOn(jobId: JobId, options: WorkOptions): Promise<void> {
  const { account, board, client, state, log, metrics, signal } = options;
  if (signal.aborted) return;
  await state.add(jobId);
  const job = await jobState(client, jobId);
  if (job.state !== 'Matched' || !isAddressEqual(job.provider, account)) {
    if (job.state === 'Started' && isAddressEqual(job.provider, account)) {
      log.error(
        { jobId, attempt: job.attempt },
        'The enclave of this attempt is gone, and its keys with it: it will expire',
      );
    }
    return state.remove(jobId);
  }
  log.info({ jobId, attempt: job.attempt, steps: job.steps }, 'A job is matched to this provider');
  const matchedAt = options.now();
  metrics.running.inc();
  try {
    const { outcome, ...facts } = await attempt(jobId, job, matchedAt, options);
    metrics.jobs.inc({ outcome });
    if (outcome === 'delivered') log.info({ jobId, attempt: job.attempt }, 'The job is delivered');
    else log.error({ jobId, attempt: job.attempt, outcome, ...facts }, 'The job ended without a result');
    board.end(board.status(jobId)!);
  } catch (error) {
    // It did not come as far as a worker: documents or ciphertext are not to be had.
    metrics.jobs.inc({ outcome: 'failed' });
    log.error({ jobId, attempt: job.attempt, err: error }, 'The job ended without a result');
    board.end({ ...NOTHING_YET, jobId, attempt: job.attempt, steps: job.steps, failure: wireErrorOf(error) });
  } finally {
    metrics.running.dec();
    // A daemon that is told to stop leaves the job on its list, so that its next start looks after it.
    if (!signal.aborted) await state.remove(jobId);
  }
}

async function attempt(jobId: JobId, job: JobOnChain, matchedAt: number, options: WorkOptions): Promise<JobOutcome> {
  const { config, account, client, log, signal } = options;
  const { threads } = config;
  const tries = { signal, onRetry: (error: unknown) => log.warn({ jobId, err: error }, 'The job waits') };
  // A start that comes too late is refused by the chain; until then what is missing may still come.
  const startable = AbortSignal.any([signal, AbortSignal.timeout(await millisecondsLeft(client, job))]);
  const { folder, start } = await untilDone(() => prepareJob({ ...options, jobId, job, provider: account, threads }), {
    ...tries,
    signal: startable,
    alsoRetry: ['protocol.blobMissing'],
  });
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const ends: (() => void)[] = [];
  try {
    const actions = createJobActions({ ...options, jobId, attempt: job.attempt, order: start.order, folder });
    const result = await runJob({
      jobId,
      start,
      folder,
      memoryMiB: config.workerMemoryMiB,
      log,
      now: options.now,
      signal: ended,
      open: (room) => options.board.open(room),
      actions: {
        ...actions,
        start: async (enclaveKey, evidenceId) => {
          await untilDone(() => actions.start(enclaveKey, evidenceId), { ...tries, signal: startable });
          options.metrics.startSeconds.observe((options.now() - matchedAt) / 1000);
          log.info({ jobId, attempt: job.attempt, enclaveKey, evidenceId }, 'The enclave is registered');
          ends.push(await endAtDeadline(client, jobId, over));
        },
        checkpoint: async (body, release) => {
          await actions.checkpoint(body, release);
          log.info({ jobId, step: body.checkpoint.step }, 'A checkpoint is recorded');
        },
        // A result is worth all patience until the deadline; a checkpoint is followed by the next one.
        deliver: (body, release) => untilDone(() => actions.deliver(body, release), { ...tries, signal: ended }),
      },
    });
    // Only what the owner decided: a worker that died by itself is no excuse.
    const isOwners = over.signal.aborted || (result.outcome === 'failed' && result.failure.code === 'enclave.denied');
    if (result.outcome !== 'delivered' && result.withoutKey && isOwners) await options.keyless.add(jobId, job.attempt);
    return result;
  } finally {
    for (const end of ends) end();
    await rm(folder, { recursive: true, force: true });
  }
}

const NOTHING_YET = {
  state: 'failed',
  step: 0,
  examplesPerSecond: 0,
  epsilonSoFar: 0,
  secondsLeft: null,
} as const;

/** Ends the work when the chain would no longer take its result. */
async function endAtDeadline(client: ChainClient, jobId: JobId, over: AbortController): Promise<() => void> {
  const timer = setTimeout(() => over.abort(), await millisecondsLeft(client, await jobState(client, jobId)));
  return () => clearTimeout(timer);
}

/** From now, as the chain sees it, to the deadline of the job's state; at most what a timer can wait. */
async function millisecondsLeft(client: ChainClient, { deadline }: JobOnChain): Promise<number> {
  const now = await chainTime(client);
  return Math.min(2 ** 31 - 1, Math.max(0, (deadline - now) * 1000));
}

/** Runs at most `count` tasks at a time, the others in the order in which they came. */
function createSlots(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
