import type { DatasetId, JobId } from '@encryptech/base';
import { jobState, watchJobs, type ChainClient, type JobOnChain } from '@encryptech/chain';
import { oneAtATime, type WatchState } from '@encryptech/sdk/node';
import type { Logger } from 'pino';
import type { ReleaseOutcome } from '../exchange/release-keys.ts';
import { sleep } from './sleep.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface FollowOptions {
  /** The datasets whose jobs are followed; asked anew at each match. */
  ids: () => Promise<readonly DatasetId[]>;
  client: ChainClient;
  state: WatchState;
  /** Sends again what the chain has forgotten. */
  recover: () => Promise<unknown>;
  /** Decides about the keys of an attempt that runs; what it throws is tried again while the attempt runs. */
  decide: (jobId: JobId, job: JobOnChain) => Promise<ReleaseOutcome>;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Has every attempt that starts on one of the datasets decided once, until the signal; what was open when the follower last
 * ended comes first.
 */
export async function followJobs(options: FollowOptions): Promise<void> {
  const { client, ids, state, recover, log, signal } = options;
  const desk = oneAtATime<JobId>(
    (jobId) => lookAfter(jobId, options),
    (error, jobId) => log.error({ jobId, err: error }, 'No decision could be made'),
  );

  // What was open when the agent last ended.
  for (const jobId of state.jobs) desk.run(jobId);
  const fromBlock = state.nextBlock === undefined ? {} : { fromBlock: state.nextBlock };
  for await (const told of watchJobs(client, { ...fromBlock, signal, log })) {
    if (told.kind === 'rollback')
      recover().catch((error: unknown) => log.warn({ err: error }, 'Sending again what was forgotten failed'));
    if (told.kind !== 'event') {
      await state.reach(told.block + 1n);
    } else if (told.event.key === 'jobs.Matched') {
      const { jobId, datasetId } = told.event.args;
      if (!(await ids()).includes(datasetId as DatasetId)) continue;
      await state.add(jobId as JobId);
      desk.run(jobId as JobId);
    } else if (told.event.key === 'jobs.Started' && state.jobs.has(told.event.args.jobId as JobId)) {
      desk.run(told.event.args.jobId as JobId);
    }
  }
  await desk.idle();
}

async function lookAfter(jobId: JobId, options: FollowOptions): Promise<void> {
  const { client, state, log, signal } = options;
  // An earlier look may just have taken it off the list while it was matched again.
  await state.add(jobId);
  for (let failures = 0; !signal.aborted; failures++) {
    const job = await jobState(client, jobId).catch(() => undefined);
    if (job !== undefined) {
      // A match waits for its start, which has an event of its own; anything else is over until it is matched again.
      if (job.state === 'Matched') return;
      if (job.state !== 'Started') return state.remove(jobId);
      try {
        const outcome = await options.decide(jobId, job);
        report(log, jobId, job, outcome);
        return await state.remove(jobId);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ jobId, attempt: job.attempt, err: error }, 'No decision yet');
      }
    }
    await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), signal);
  }
}

function report(log: Logger, jobId: JobId, { attempt, provider }: JobOnChain, outcome: ReleaseOutcome): void {
  const { evidenceId } = outcome;
  if (outcome.decision === 'allow') {
    // The level is said wherever a decision is: only software enclaves exist so far.
    log.info({ jobId, attempt, provider, evidenceId, securityLevel: outcome.level }, 'The keys are released');
  } else {
    const reasons = outcome.denials.map(({ code }) => code);
    log.warn({ jobId, attempt, provider, evidenceId, reasons }, 'The keys are not released');
  }
}
