import type { DatasetId, JobId } from '@encryptech/base';
import { datasetFacts, providerFacts, type IntentSender, type JobOnChain } from '@encryptech/chain';
import { releasePolicyDigest, type BlobStore } from '@encryptech/protocol';
import { fetchJob, type CoordinatorClient } from '@encryptech/sdk/coordinator';
import type { Logger } from 'pino';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import { connectEnclave, type EnclaveLine } from '../exchange/connect-enclave.ts';
import { releaseKeys, type ReleaseDeps, type ReleaseOutcome } from '../exchange/release-keys.ts';
import { followJobs, type FollowOptions } from './follow-jobs.ts';
import { recheckChain } from './recheck-chain.ts';

/** Errors that answer a message and end nothing. */
const REFUSALS = /^(enclave\.(unexpectedMessage|challenge|release)|provider\.notOwner|protocol\.)/;

/** Longest wait for a provider, and for each answer of an enclave. */
const ANSWER_TIMEOUT_MS = 20_000;

export interface WatchOverOptions extends Omit<FollowOptions, 'ids' | 'decide' | 'recover'> {
  datasets: DatasetStore;
  coordinator: CoordinatorClient;
  blobs: BlobStore;
  /** Sends again what the chain has forgotten. */
  writer: Pick<IntentSender, 'recover'>;
  release: ReleaseDeps;
}

/**
 * Decides about the keys of every attempt that starts on a dataset of the owner, until the signal. An attempt is decided once;
 * what keeps the agent from deciding (a provider or a coordinator that is away) is tried again while the attempt runs.
 */
export const watchOverJobs = ({ datasets, writer, ...options }: WatchOverOptions): Promise<void> =>
  followJobs({
    ...options,
    ids: () => datasets.ids(),
    recover: () => writer.recover(),
    decide: (jobId, job) => decide(jobId, job, { datasets, writer, ...options }),
  });

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
