import { canonicalJson, concatBytes, digestOf, fromHex, utf8, type Json } from '@encryptech/base';
import type { Table } from '../data/table.ts';
import { learningError } from '../errors.ts';
import type { TrainingJob } from './training-job.ts';

/** Secrets and names of one run, all grown from the randomness root. */
export interface RunKeys {
  /**
   * Names the job: SHA-256 of the canonical JSON of all that decides its result, the graph by its digest. Public. The
   * cadence of checkpoints is not part of it, since it changes nothing, nor the micro-batch: the plan itself keeps noise of
   * different grids apart.
   */
  job: Uint8Array;
  /** Names the rows to whoever holds the root, and says nothing to others: HMAC-SHA-256 of the table. */
  table: Uint8Array;
  /** Root of the run's batches and noise. Another job or other rows give other noise, so no two results share any. */
  noise: Uint8Array;
  /** Key of the checkpoints' HMAC-SHA-256. */
  checkpoint: CryptoKey;
  /** AES-256-GCM key of what a checkpoint holds that is as private as the rows. */
  secrets: CryptoKey;
}

const LABEL = 'encryptech/learning/1/';
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;
type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The keys of the run of this job on these rows under this root of 32 random bytes (HKDF-SHA-256, RFC 5869).
 *
 * @throws `learning.badJob` for a root of another length
 */
export async function runKeys(root: Uint8Array, job: TrainingJob, table: Table): Promise<RunKeys> {
  if (root.length !== 32) {
    throw learningError({ code: 'learning.badJob', message: `The randomness root has ${root.length} bytes, not 32.` });
  }
  const { graph, loss, huberDelta, classWeights, trainable, augmentation, optimiser, plan, expectedBatch } = job;
  const facts = {
    ...{ graph: digestOf(graph), loss, huberDelta, classWeights, trainable, augmentation, optimiser, plan },
    expectedBatch,
  };
  const jobTag = fromHex(digestOf(utf8(canonicalJson(facts as unknown as Json))));
  const secret = await crypto.subtle.importKey('raw', root as Bytes, 'HKDF', false, ['deriveBits', 'deriveKey']);
  const derive = (label: string, ...context: Uint8Array[]) =>
    ({
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: concatBytes(utf8(LABEL + label), ...context) as Bytes,
    }) as const;
  const hmacKey = (label: string) =>
    crypto.subtle.deriveKey(derive(label), secret, { ...HMAC, length: 256 }, false, ['sign', 'verify']);
  const tableTag = new Uint8Array(await crypto.subtle.sign(HMAC, await hmacKey('table'), await tableDigests(table)));
  return {
    job: jobTag,
    table: tableTag,
    noise: new Uint8Array(await crypto.subtle.deriveBits(derive('noise', jobTag, tableTag), secret, 256)),
    checkpoint: await hmacKey('checkpoint'),
    secrets: await crypto.subtle.deriveKey(
      derive('secrets', jobTag, tableTag),
      secret,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    ),
  };
}

/** Digests of everything that a step reads of the table. */
async function tableDigests({ features, targets, units, width }: Table): Promise<Bytes> {
  const bytesOf = (array: Float32Array | Uint8Array | BigInt64Array | Uint32Array) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength) as Bytes;
  const unitNumbers = new Uint32Array(units.length + units.reduce((sum, unit) => sum + unit.length, 0));
  let at = 0;
  for (const unit of units) {
    unitNumbers[at++] = unit.length;
    for (const row of unit) unitNumbers[at++] = row;
  }
  const digests = await Promise.all(
    [features, targets, unitNumbers, Uint32Array.of(width)].map(async (part) => {
      return new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(part)));
    }),
  );
  return concatBytes(...digests) as Bytes;
}
