import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address, Hex } from '@encryptech/base';
import { submissionSchema, type Submission } from '@encryptech/protocol';
import { writePrivateFile } from '@encryptech/sdk/node';

/** The evidence that a provider's record rests on, with the facts that stay true if it ever stops to verify. */
export interface KnownSubject {
  readonly submission: Submission;
  readonly nonce: Hex;
  readonly evidenceId: Hex;
  readonly measurement: Hex;
  readonly device: Hex;
}

/** The last accepted evidence of each provider, one file each. */
export interface SubjectStore {
  get(subject: Address): Promise<KnownSubject | undefined>;
  put(known: KnownSubject): Promise<void>;
  list(): Promise<Address[]>;
}

export function createSubjectStore(folder: string): SubjectStore {
  const at = (subject: Address) => join(folder, `${subject.toLowerCase()}.json`);
  return {
    get: async (subject) => {
      const text = await readFile(at(subject), 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      const known = JSON.parse(text) as KnownSubject;
      return { ...known, submission: submissionSchema.parse(known.submission) };
    },
    put: async (known) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writePrivateFile(at(known.submission.subject), JSON.stringify(known));
    },
    list: async () =>
      (await readdir(folder).catch(() => []))
        .filter((name) => /^0x[0-9a-f]{40}\.json$/.test(name))
        .map((name) => name.slice(0, 42) as Address),
  };
}
