import type { Hex, JobId } from '@encryptech/base';
import { readPrivateFile, writePrivateFile } from '@encryptech/sdk/node';
import { z } from 'zod';

/** What a report window can hold of one provider, and more; older ones are forgotten. */
const KEPT = 1_000;

/** Attempts whose enclave stood on chain and whose owner gave no key: what a report of lateness is contested with. */
export interface KeylessAttempts {
  has(jobId: Hex, attempt: number): boolean;
  /** Resolves when it is on disk. */
  add(jobId: JobId, attempt: number): Promise<void>;
}

const schema = z.array(z.string());

/** The attempts in a file, the newest thousand. A file that can't be read counts as none: nothing is contested without a record. */
export async function openKeylessAttempts(path: string): Promise<KeylessAttempts> {
  const known = await readPrivateFile(path, 'record of attempts')
    .then((text) => schema.parse(JSON.parse(text)))
    .catch((): string[] => []);
  const nameOf = (jobId: Hex, attempt: number): string => `${jobId.toLowerCase()}:${attempt}`;
  let queue = Promise.resolve();
  return {
    has: (jobId, attempt) => known.includes(nameOf(jobId, attempt)),
    add: (jobId, attempt) => {
      known.push(nameOf(jobId, attempt));
      known.splice(0, Math.max(0, known.length - KEPT));
      const done = queue.then(() => writePrivateFile(path, JSON.stringify(known)));
      queue = done.catch(() => undefined);
      return done;
    },
  };
}
