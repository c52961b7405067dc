import { fromHex } from '@encryptech/base';
import { readTable, trainPrivately, type Engine, type Progress, type TrainedModel } from '@encryptech/learning';
import type { ReleasedKeys } from '@encryptech/protocol';
import { decryptFile, decryptStream, encryptFile } from '@encryptech/sealing';
import type { CheckedJob } from './check-job.ts';
import type { StartBody } from './enclave-pipe.ts';
import type { JobFiles } from './job-files.ts';

export interface TrainOptions {
  start: StartBody;
  job: CheckedJob;
  keys: ReleasedKeys;
  files: JobFiles;
  engine: Engine;
  onProgress: (progress: Progress) => void;
  /** A checkpoint, sealed under the job's checkpoint key. */
  onCheckpoint: (step: number, sealed: Uint8Array) => Promise<void>;
  signal: AbortSignal;
}

/**
 * Trains on the decrypted table. Plaintext is read from the encrypted file in pieces of 64 KiB, becomes tensors, and is
 * never written anywhere.
 *
 * @throws `sealing.*`, `learning.*`, `enclave.foreignCheckpoint`
 */
export async function trainJob(options: TrainOptions): Promise<TrainedModel> {
  const { start, job, keys, files, engine, onProgress, onCheckpoint, signal } = options;
  const { spec } = start;
  const table = await readTable(decryptStream(keys.dataKey, files.stream(start.data)), job.schema);
  const context = fromHex(job.jobId, 32);
  const resumeFrom =
    job.resume === undefined ? undefined : await decryptFile(keys.checkpointKey, job.resume.sealed, { context });
  return trainPrivately({
    job: {
      graph: job.graph,
      ...{ loss: spec.loss, huberDelta: spec.huberDelta, classWeights: spec.classWeights },
      ...{ trainable: spec.trainable, augmentation: spec.augmentation },
      optimiser: spec.optimiser,
      plan: spec.privacy,
      expectedBatch: spec.expectedBatch,
      microBatch: spec.microBatch,
      checkpointEvery: spec.checkpointEvery,
    },
    table,
    engine,
    root: keys.randomnessRoot,
    ...(resumeFrom === undefined ? {} : { resumeFrom }),
    onProgress,
    onCheckpoint: async ({ step, bytes }) =>
      onCheckpoint(step, await encryptFile(keys.checkpointKey, bytes, { context })),
    signal,
  });
}
