import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isEncryptechError, type Hex } from '@encryptech/base';
import type { SignedDelegation } from '@encryptech/protocol';
import { readPrivateFile, writePrivateFile } from '@encryptech/sdk/node';
import { z } from 'zod';
import type { DelegateBody } from '../delegate-pipe.ts';
import { hex } from '../delegation-messages.ts';

/** What a host keeps of a delegate: its log so far, and the delegate's signature of it. Public; the host can lose it, not change it. */
export interface KeptLog {
  readonly lines: readonly string[];
  /** Null before the first line. */
  readonly signed: { readonly entries: number; readonly head: Hex; readonly signature: Hex } | null;
}

export interface LogKeeper {
  add(body: DelegateBody<'logged'>): Promise<void>;
  read(): Promise<KeptLog>;
}

const signedSchema = z.strictObject({ entries: z.number().int().positive(), head: hex(32), signature: hex(65) });

/** The log of one delegation in a folder of its own. */
export async function openLogKeeper(folder: string, delegated: SignedDelegation): Promise<LogKeeper> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { delegation, signature } = delegated;
  await writePrivateFile(
    join(folder, 'delegation.json'),
    JSON.stringify({ delegation: { ...delegation, expiresAt: delegation.expiresAt.toString() }, signature }),
  );
  return {
    add: async ({ line, entries, head, signature: ofHead }) => {
      await appendFile(join(folder, 'log.jsonl'), `${line}\n`, { mode: 0o600, flush: true });
      await writePrivateFile(join(folder, 'head.json'), JSON.stringify({ entries, head, signature: ofHead }));
    },
    read: () => readKeptLog(folder),
  };
}

/** The kept log in a folder; empty where there is none. */
export async function readKeptLog(folder: string): Promise<KeptLog> {
  try {
    const signed = signedSchema.parse(JSON.parse(await readPrivateFile(join(folder, 'head.json'), 'head of the log')));
    const lines = (await readFile(join(folder, 'log.jsonl'), 'utf8')).split('\n').slice(0, -1);
    return { lines, signed };
  } catch (error) {
    if (isEncryptechError(error, 'sdk.noFile')) return { lines: [], signed: null };
    throw error;
  }
}
