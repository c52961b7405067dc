import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isEncryptechError, type Address, type JobId } from '@encryptech/base';
import { datasetFacts, jobsAbi, type ChainClient, type JobOnChain } from '@encryptech/chain';
import type { BlobStore, Checkpoint, SigningDomain } from '@encryptech/protocol';
import { loadJob, loadManifest, type CoordinatorClient } from '@encryptech/sdk/coordinator';
import type { DatasetId } from '@encryptech/base';
import type { Logger } from 'pino';
import type { StartBody } from '../enclave/enclave-pipe.ts';
import { stageBlob } from '../jobs/stage-blob.ts';

export interface PrepareOptions {
  jobId: JobId;
  job: JobOnChain;
  provider: Address;
  client: ChainClient;
  coordinator: CoordinatorClient;
  blobs: BlobStore;
  domain: SigningDomain;
  attester: StartBody['attester'];
  threads: number;
  /** Holds one folder an attempt. */
  workDir: string;
  log: Logger;
  signal: AbortSignal;
}

export interface PreparedJob {
  readonly folder: string;
  readonly start: StartBody;
}

/**
 * Fetches all that an attempt needs into a folder of its own: documents, graph, the encrypted dataset, the last recorded
 * checkpoint. Everything is ciphertext or public.
 *
 * @throws what coordinator, chain and blob store throw; nothing is left behind then
 */
export async function prepareJob(options: PrepareOptions): Promise<PreparedJob> {
  const { jobId, job, client, coordinator, blobs, domain, workDir, signal } = options;
  const { order, orderSignature, spec, graph } = await loadJob(jobId, { coordinator, blobs }, domain);
  const dataset = await datasetFacts(client, order.datasetId as DatasetId);
  const manifest = await loadManifest(order.datasetId, dataset.manifestDigest, { coordinator });
  const folder = join(workDir, `${jobId}-${job.attempt}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const data = await stageBlob({ blobs, digest: manifest.blob, folder, name: 'data.sealed' }, signal);
    return {
      folder,
      start: {
        chain: { id: domain.chainId, jobs: domain.jobs },
        order,
        orderSignature,
        spec,
        manifest,
        owner: dataset.owner,
        provider: options.provider,
        attempt: job.attempt,
        graph: { bytes: graph },
        data: data.file,
        resume: await stageCheckpoint(options, folder),
        attester: options.attester,
        threads: options.threads,
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The last checkpoint of an earlier attempt; a job whose checkpoint is lost begins again, at this provider's own cost. */
async function stageCheckpoint(
  { jobId, job, client, blobs, log, signal }: PrepareOptions,
  folder: string,
): Promise<StartBody['resume']> {
  if (job.attempt === 1) return null;
  const checkpoint = await lastCheckpoint(client, jobId);
  if (checkpoint === undefined) return null;
  try {
    const sealed = await stageBlob({ blobs, digest: checkpoint.digest, folder, name: 'resume.sealed' }, signal);
    return { checkpoint, sealed };
  } catch (error) {
    if (!isEncryptechError(error, 'protocol.blobMissing') && !isEncryptechError(error, 'protocol.blobAltered'))
      throw error;
    log.warn({ jobId, step: checkpoint.step, err: error }, 'The checkpoint is lost; the job begins again');
    return null;
  }
}

async function lastCheckpoint(client: ChainClient, jobId: JobId): Promise<Checkpoint | undefined> {
  const { deployment, public: node } = client;
  const events = await node.getContractEvents({
    address: deployment.contracts.jobs,
    abi: jobsAbi,
    eventName: 'Checkpointed',
    args: { jobId },
    fromBlock: BigInt(deployment.deployedAtBlock),
    strict: true,
  });
  const { attempt, step, digest } = events.at(-1)?.args ?? {};
  return digest === undefined ? undefined : { jobId, attempt: attempt!, step: step!, digest };
}
