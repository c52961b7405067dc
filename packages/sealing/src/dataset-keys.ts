import { fromHex, type Hex } from '@encryptech/base';
import { deriveKey } from './derive-key.ts';

/**
 * The key of a dataset's encrypted file, from the dataset's 32-byte secret. It depends on the secret only: the dataset's
 * identifier is a digest of the encrypted file and so comes later. A new version of a dataset takes a new secret.
 *
 * @throws `sealing.badKey`
 */
export const deriveDataKey = (datasetSecret: Uint8Array): Uint8Array => deriveKey(datasetSecret, 'dataset/data-key');

/**
 * The key of a job's checkpoints. The same over all attempts of the job, so that a later enclave can go on from them.
 *
 * @throws `sealing.badKey`, `base.badHex` for a job that isn't 32 bytes of hex
 */
export const deriveCheckpointKey = (datasetSecret: Uint8Array, job: Hex): Uint8Array =>
  deriveKey(datasetSecret, 'dataset/checkpoint-key', fromHex(job, 32));

/**
 * The root of a job's random draws. One job on one dataset has one root, whatever the attempt: a step that runs twice
 * draws the same batch and the same noise, so repeating it reveals nothing new.
 *
 * @throws `sealing.badKey`, `base.badHex`
 */
export const deriveRandomnessRoot = (datasetSecret: Uint8Array, dataset: Hex, job: Hex): Uint8Array =>
  deriveKey(datasetSecret, 'dataset/randomness-root', fromHex(dataset, 32), fromHex(job, 32));
