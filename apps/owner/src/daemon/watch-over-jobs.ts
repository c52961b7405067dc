import type { DatasetId, JobId } from '@encryptech/base';
import {
  datasetFacts,
  jobState,
  providerFacts,
  watchJobs,
  type ChainClient,
  type IntentSender,
  type JobOnChain,
} from '@encryptech/chain';
import { releasePolicyDigest, type BlobStore } from '@encryptech/protocol';
import { fetchJob, type CoordinatorClient } from '@encryptech/sdk/coordinator';
import { oneAtATime, type WatchState } from '@encryptech/sdk/node';
import type { Logger } from 'pino';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import { connectEnclave, type EnclaveLine } from '../exchange/connect-enclave.ts';
import { releaseKeys, type ReleaseDeps, type ReleaseOutcome } from '../exchange/release-keys.ts';
import { recheckChain } from './recheck-chain.ts';
import { sleep } from './sleep.ts';

/** Errors that answer a message and end nothing. */
const REFUSALS = /^(enclave\.(unexpectedMessage|challenge|release)|provider\.notOwner|protocol\.)/;

/** Longest wait for a provider, and for each answer of an enclave. */
const ANSWER_TIMEOUT_MS = 20_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

export interface WatchOverOptions {
  datasets: DatasetStore;
  client: ChainClient;
  coordinator: CoordinatorClient;
  blobs: BlobStore;
  state: WatchState;
  /** Sends again what the chain has forgotten. */
  writer: Pick<IntentSender, 'recover'>;
  release: ReleaseDeps;
  log: Logger;
  signal: AbortSignal;
}

/**
 * Decides about the keys of every attempt that starts on a dataset of the owner, until the signal. An attempt is decided once;
 * what keeps the agent from deciding (a provider or a coordinator that is away) is tried again while the attempt runs.
 */
export async function watchOverJobs(options: WatchOverOptions): Promise<void> {
  const { client, datasets, state, writer, log, signal } = options;
  const desk = oneAtATime<JobId>(
    (jobId) => lookAfter(jobId, options),
    (error, jobId) => log.error({ jobId, err: error }, 'No decision could be made'),
  );

  // What was open when the agent last ended.
  for (const jobId of state.jobs) desk.run(jobId);
  const fromBlock = state.nextBlock === undefined ? {} : { fromBlock: state.nextBlock };
  for await (const told of watchJobs(client, { ...fromBlock, signal, log })) {
    if (told.kind === 'rollback')
      writer.recover().catch((error: unknown) => log.warn({ err: error }, 'Sending again what was forgotten failed'));
    if (told.kind !== 'event') {
      await state.reach(told.block + 1n);
    } else if (told.event.key === 'jobs.Matched') {
      const { jobId, datasetId } = told.event.args;
      if (!(await datasets.ids()).includes(datasetId as DatasetId)) continue;
      await state.add(jobId as JobId);
      desk.run(jobId as JobId);
    } else if (told.event.key === 'jobs.Started' && state.jobs.has(told.event.args.jobId as JobId)) {
      desk.run(told.event.args.jobId as JobId);
    }
  }
  await desk.idle();
}

async function lookAfter(jobId: JobId, options: WatchOverOptions): Promise<void> {
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
        const outcome = await decide(jobId, job, options);
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

async function decide(jobId: JobId, job: JobOnChain, options: WatchOverOptions): Promise<ReleaseOutcome> {
  const { client, coordinator, blobs, datasets, release, signal } = options;
  const documents = await fetchJob(jobId, { coordinator, blobs });
  const dataset = await datasets.get(documents.order.datasetId as DatasetId);
  const [facts, { url }] = await Promise.all([datasetFacts(client, dataset.id), providerFacts(client, job.provider)]);
  const line = await connectEnclave({ providerUrl: url, jobId, timeoutMs: ANSWER_TIMEOUT_MS, signal });
  let outcome: ReleaseOutcome | undefined;
  try {
    outcome = await releaseKeys(
      {
        claimed: { jobId, ...documents },
        chain: {
          started: job.state === 'Started',
          attempt: job.attempt,
          provider: job.provider,
          enclaveKey: job.enclaveKey,
          datasetOwner: job.datasetOwner,
          budgetHeld: job.budgetHeld,
          policyDigest: facts.policyDigest,
          minLevel: facts.minLevel,
        },
        dataset,
        line,
        recheck: (enclave) =>
          recheckChain(client, {
            ...{ jobId, job, enclave, datasetId: dataset.id },
            policyDigest: releasePolicyDigest(dataset.policy),
            minLevel: Math.max(dataset.policy.minLevel, facts.minLevel, documents.order.minLevel),
          }),
      },
      release,
    );
    return outcome;
  } finally {
    // Nothing waits for the end of the job: a provider that keeps the line open holds nothing up.
    if (outcome?.decision === 'allow') void hearOut(line, jobId, options.log);
    else line.close();
  }
}

/** Listens to a job that has its keys until it ends, to tell the owner what is wrong with the data, if anything. */
async function hearOut(line: EnclaveLine, jobId: JobId, log: Logger): Promise<void> {
  try {
    await line.next((message) => {
      if (message.type === 'error' && !REFUSALS.test(message.body.code)) {
        const { code, place, hint } = message.body;
        log.warn({ jobId, code, place, hint }, 'The job failed in the enclave');
      } else if (message.type === 'delivered') log.info({ jobId }, 'The job is delivered');
      else return undefined;
      return true;
    }, Infinity);
  } catch {
    // The line broke off: the chain will tell what became of the job.
  } finally {
    line.close();
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
