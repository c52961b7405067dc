import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { lockFolder } from '../embedded/folder-lock.ts';
import { writeFileAtomically } from '../embedded/write-file-atomically.ts';
import { chainError } from '../errors.ts';
import { nonceTaken } from './create-database-intent-store.ts';
import type { Intent, IntentScope } from './intent.ts';
import type { IntentStore } from './intent-store.ts';

type Entry = IntentScope & { ordinal: number; intent: Intent };

/**
 * Intents in one file, for daemons that need no database: each change is a line of JSON, flushed to the disk before the
 * call resolves; the last line of a key counts. A line that a crash cut short never took effect. One process at a time.
 *
 * @throws `chain.storeFailed` when another process has the file or a whole line of it is damaged
 */
export function createFileIntentStore(file: string): IntentStore {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const lock = lockFolder(`${file}.lock`);
  if ('heldBy' in lock) throw broken(file, `Process ${lock.heldBy} has it open.`);
  const entries = new Map<string, Entry>();
  let handle: number;
  try {
    for (const entry of existsSync(file) ? readEntries(file) : []) entries.set(nameOf(entry, entry.intent.key), entry);
    writeFileAtomically(file, [...entries.values()].map(lineOf).join(''));
    handle = openSync(file, 'a', 0o600);
  } catch (error) {
    lock.release();
    throw error;
  }
  let ordinal = Math.max(-1, ...[...entries.values()].map((entry) => entry.ordinal));

  const write = (entry: Entry): Intent => {
    const bytes = new TextEncoder().encode(lineOf(entry));
    const { size } = fstatSync(handle);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
      fsyncSync(handle);
    } catch (cause) {
      // Half a line (a full disk) would run into the next one.
      ftruncateSync(handle, size);
      throw broken(file, 'It cannot be written.', cause);
    }
    entries.set(nameOf(entry, entry.intent.key), entry);
    return entry.intent;
  };
  const inScope = (scope: IntentScope): Intent[] =>
    [...entries.values()]
      .filter((entry) => entry.chain === scope.chain && entry.sender === scope.sender)
      .sort((a, b) => a.ordinal - b.ordinal)
      .map((entry) => entry.intent);

  return {
    plan: async (scope, intent) => {
      const known = entries.get(nameOf(scope, intent.key));
      if (known) return known.intent;
      const blank = {
        status: 'planned',
        nonce: undefined,
        transactions: [],
        mined: undefined,
        error: undefined,
      } as const;
      return write({ ...scope, ordinal: ++ordinal, intent: { ...intent, ...blank, attempts: 0 } });
    },
    update: async (scope, key, change) => {
      const known = entries.get(nameOf(scope, key));
      if (!known) throw broken(file, 'The intent is not in it.');
      const { nonce } = change;
      if (nonce !== undefined && inScope(scope).some((other) => other.nonce === nonce && other.key !== key)) {
        throw nonceTaken(key, nonce);
      }
      return write({ ...known, intent: { ...known.intent, ...change } });
    },
    find: async (scope, key) => entries.get(nameOf(scope, key))?.intent,
    open: async (scope) => inScope(scope).filter(({ status }) => status === 'planned' || status === 'sent'),
    newestMined: async (scope, limit, offset) =>
      inScope(scope)
        .filter(({ mined }) => mined !== undefined)
        .sort((a, b) => Number(b.mined!.blockNumber - a.mined!.blockNumber) || (b.nonce ?? 0) - (a.nonce ?? 0))
        .slice(offset, offset + limit),
    highestNonce: async (scope) =>
      inScope(scope).reduce<number | undefined>(
        (highest, { nonce }) => (nonce === undefined ? highest : Math.max(highest ?? 0, nonce)),
        undefined,
      ),
    close: async () => {
      closeSync(handle);
      lock.release();
    },
  };
}

const nameOf = (scope: IntentScope, key: string): string => `${scope.chain}|${scope.sender}|${key}`;

const lineOf = (entry: Entry): string =>
  `${JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? { $bigint: value.toString() } : value))}\n`;

function readEntries(file: string): Entry[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  // What follows the last line break was cut short by a crash, before its call resolved.
  lines.pop();
  return lines.map((line, index) => {
    try {
      return JSON.parse(line, (_, value: unknown) => revive(value)) as Entry;
    } catch (cause) {
      throw broken(`${file}, line ${index + 1}`, 'It is damaged.', cause);
    }
  });
}

function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$bigint' in value)) return value;
  return BigInt(String(value.$bigint));
}

function broken(place: string, why: string, cause?: unknown): Error {
  return chainError({
    code: 'chain.storeFailed',
    message: `The file of intents cannot be used. ${why}`,
    place,
    hint: 'Do not delete it while transactions may be under way: it keeps them from being sent twice.',
    cause,
  });
}
