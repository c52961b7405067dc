import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { cidOfDigest, type JobId, type Sha256 } from '@encryptech/base';
import * as chain from '@encryptech/chain';
import type { BlobStore, JobOrder, Payload } from '@encryptech/protocol';
import type { JobActions } from '../jobs/run-job.ts';

export interface JobActionsOptions {
  jobId: JobId;
  attempt: number;
  order: JobOrder;
  folder: string;
  client: chain.ChainClient;
  writer: chain.ChainWriter;
  blobs: BlobStore;
}

/**
 * What an attempt does at blob store and chain. A blob is stored before the chain names it; each transaction is an intent
 * with a key of its own, so that doing an action twice is doing it once.
 */
export function createJobActions({
  jobId,
  attempt,
  order,
  folder,
  client,
  writer,
  blobs,
}: JobActionsOptions): JobActions {
  const store = async (sealed: Payload, digest: Sha256): Promise<void> => {
    const expected = cidOfDigest(digest);
    await blobs.put('bytes' in sealed ? sealed.bytes : createReadStream(join(folder, sealed.file)), { expected });
  };
  /** The owner's signature, unless the chain has the release on record: it wants it once an attempt. */
  const ownerSig = async (signature: `0x${string}`) => {
    const { keyReleased } = await chain.jobState(client, jobId);
    return keyReleased ? '0x' : signature;
  };
  return {
    start: async (enclaveKey, evidenceId) => {
      await chain.start(writer, { jobId, attempt, enclaveKey, evidenceId });
    },
    checkpoint: async ({ checkpoint, signature, sealed }, { release, signature: owner }) => {
      await store(sealed, checkpoint.digest);
      await chain.checkpoint(writer, { checkpoint, enclaveSig: signature, release, ownerSig: await ownerSig(owner) });
    },
    deliver: async ({ receipt, signature, sealed }, { release, signature: owner }) => {
      await store(sealed, receipt.resultDigest);
      await chain.deliver(writer, { order, receipt, enclaveSig: signature, release, ownerSig: await ownerSig(owner) });
    },
  };
}
