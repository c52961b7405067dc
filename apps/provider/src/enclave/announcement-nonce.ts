import { concatBytes, digestOf, fromHex, type JobId, type Sha256 } from '@encryptech/base';

/**
 * The nonce of the evidence that an enclave gives before anybody challenged it, for `Jobs.start`: SHA-256 of the job id and
 * the attempt (32 bits, big endian). It is no proof of freshness; a release needs the owner's own nonce.
 */
export function announcementNonce(job: JobId, attempt: number): Sha256 {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, attempt);
  return digestOf(concatBytes(fromHex(job, 32), count));
}
