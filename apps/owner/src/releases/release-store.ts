import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHex, toHex, type Hex, type JobId } from '@encryptech/base';
import { parseReleasePolicy, type ReleasePolicy } from '@encryptech/protocol';
import { ownerError } from '../errors.ts';
import type { EnclaveIdentity } from '../judgement/judge-evidence.ts';

/** The one release of an attempt: ciphertext for one enclave, so it may be sent again as it is. */
export interface StoredRelease {
  readonly evidenceId: Hex;
  readonly enclaveKey: Hex;
  /** What the chain's deny-lists know the enclave by, asked again before the bytes are sent again. */
  readonly enclave: EnclaveIdentity;
  /** What was judged, as `encodeEvidence` gives it, and the policy it was judged by: for whoever asks later. */
  readonly evidence: Uint8Array;
  readonly policy: ReleasePolicy;
  /** The whole release message. */
  readonly message: Uint8Array;
}

/** Which attempts had their release. */
export interface ReleaseStore {
  get(job: JobId, attempt: number): Promise<StoredRelease | undefined>;
  /**
   * Records the release, on disk before this resolves; an attempt has one at most, whoever asks and however often.
   *
   * @throws `owner.releasedBefore`
   */
  claim(job: JobId, attempt: number, release: StoredRelease): Promise<void>;
  /** How many attempts at the job had their release. */
  count(job: JobId): Promise<number>;
}

/** A store of one file an attempt. A file that a crash left half written still counts as the attempt's release. */
export function createReleaseStore(folder: string): ReleaseStore {
  const at = (job: JobId, attempt: number) => join(folder, `${job}-${attempt}.json`);
  return {
    get: async (job, attempt) => {
      let text: string;
      try {
        text = await readFile(at(job, attempt), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        const stored = JSON.parse(text) as Record<
          'evidenceId' | 'enclaveKey' | 'measurement' | 'device' | 'evidence' | 'message',
          Hex
        > & { policy: unknown };
        const { evidenceId, enclaveKey, measurement, device } = stored;
        fromHex(measurement, 32);
        return {
          ...{ evidenceId, enclaveKey, enclave: { measurement, device } },
          policy: parseReleasePolicy(stored.policy),
          evidence: fromHex(stored.evidence),
          message: fromHex(stored.message),
        };
      } catch {
        throw releasedBefore(job, attempt);
      }
    },
    claim: async (job, attempt, { enclave, evidence, message, ...rest }) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      let file;
      try {
        file = await open(at(job, attempt), 'wx', 0o600);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw releasedBefore(job, attempt);
        throw error;
      }
      try {
        await file.writeFile(
          JSON.stringify({ ...rest, ...enclave, evidence: toHex(evidence), message: toHex(message) }),
        );
        await file.sync();
      } finally {
        await file.close();
      }
    },
    count: async (job) => {
      const names = await readdir(folder).catch(() => []);
      return names.filter((name) => name.startsWith(`${job}-`)).length;
    },
  };
}

/** An attempt gets one release. */
export const releasedBefore = (job: JobId, attempt: number) =>
  ownerError({
    code: 'owner.releasedBefore',
    message: 'Keys were already released for this attempt.',
    place: `job ${job}, attempt ${attempt}`,
    hint: 'A restarted enclave is a new attempt: it starts when the job has expired and is matched again.',
  });
