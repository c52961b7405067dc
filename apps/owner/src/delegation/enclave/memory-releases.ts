import type { JobId } from '@encryptech/base';
import { releasedBefore, type ReleaseStore, type StoredRelease } from '../../releases/release-store.ts';

/** A store of releases that lives as long as the delegate; `before` are attempts that the owner released for, as `JOB-ATTEMPT`. */
export function createMemoryReleases(before: readonly string[]): ReleaseStore {
  const known = new Map<string, StoredRelease | undefined>(before.map((name) => [name, undefined]));
  const nameOf = (job: JobId, attempt: number): string => `${job}-${attempt}`;
  return {
    get: (job, attempt) => {
      const name = nameOf(job, attempt);
      // The owner's own release went to an enclave that only the owner knows.
      if (known.has(name) && known.get(name) === undefined) return Promise.reject(releasedBefore(job, attempt));
      return Promise.resolve(known.get(name));
    },
    claim: (job, attempt, release) => {
      const name = nameOf(job, attempt);
      if (known.has(name)) return Promise.reject(releasedBefore(job, attempt));
      known.set(name, release);
      return Promise.resolve();
    },
    count: (job) => Promise.resolve([...known.keys()].filter((name) => name.startsWith(`${job}-`)).length),
  };
}
