import { cidOf, cidOfDigest, concatBytes, equalBytes, isEncryptechError } from '@encryptech/base';
import type { BlobStore } from './blob-store.ts';
import { readBlob } from './read-blob.ts';

/** One rule that every {@link BlobStore} keeps. `run` throws when it is broken; it needs no test framework. */
export interface ComplianceCase {
  readonly name: string;
  run(subject: ComplianceSubject): Promise<void>;
}

export interface ComplianceSubject {
  /** An empty store. */
  store: BlobStore;
  /** Changes one byte of a stored blob behind the store's back. */
  damage(cid: string): Promise<void>;
}

const MISSING = cidOfDigest(`0x${'00'.repeat(32)}`);

/** What a store must do, for the tests of each implementation. */
export const blobStoreCompliance: readonly ComplianceCase[] = [
  {
    name: 'gives back what was put, under the CID of its bytes',
    async run({ store }) {
      for (const bytes of [new Uint8Array(0), pattern(1), pattern(65_536), pattern(200_001)]) {
        const cid = await store.put(bytes);
        same(cid, cidOf(bytes), 'CID');
        same(await store.has(cid), true, 'has');
        same(equalBytes(await readBlob(store, cid, bytes.length), bytes), true, 'bytes');
      }
    },
  },
  {
    name: 'takes a stream, however it is cut',
    async run({ store }) {
      const bytes = pattern(150_000);
      for (const size of [1_000, 65_536, 150_000]) {
        same(await store.put(cut(bytes, size)), cidOf(bytes), 'CID');
      }
      same(await store.put(cut(bytes, 777), { expected: cidOf(bytes) }), cidOf(bytes), 'CID');
      same(equalBytes(await readBlob(store, cidOf(bytes), 150_000), bytes), true, 'bytes');
    },
  },
  {
    name: 'says what it does not have',
    async run({ store }) {
      same(await store.has(MISSING), false, 'has');
      await fails('protocol.blobMissing', () => readBlob(store, MISSING, 10));
    },
  },
  {
    name: 'refuses names that are no CID of SHA-256',
    async run({ store }) {
      for (const name of ['', '..', '../../etc/passwd', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG']) {
        await fails('base.badCid', () => readBlob(store, name, 10));
        await fails('base.badCid', () => store.has(name));
        await fails('base.badCid', () => store.put(cut(pattern(3), 3), { expected: name }));
      }
    },
  },
  {
    name: 'does not store bytes under a name that is not theirs',
    async run({ store }) {
      const bytes = pattern(100_000);
      const expected = cidOf(pattern(99_999));
      await fails('protocol.blobAltered', () => store.put(bytes, { expected }));
      await fails('protocol.blobAltered', () => store.put(cut(bytes, 1_000), { expected }));
      same(await store.has(expected), false, 'has the expected');
    },
  },
  {
    name: 'stops at the cap and keeps nothing',
    async run({ store }) {
      const bytes = pattern(100_000);
      await fails('protocol.blobTooLarge', () => store.put(bytes, { maxBytes: 99_999 }));
      await fails('protocol.blobTooLarge', () => store.put(cut(bytes, 1_000), { maxBytes: 99_999 }));
      same(await store.has(cidOf(bytes)), false, 'has');
      same(await store.put(cut(bytes, 1_000), { maxBytes: 100_000 }), cidOf(bytes), 'CID');
      await fails('protocol.blobTooLarge', () => readBlob(store, cidOf(bytes), 99_999));
    },
  },
  {
    name: 'keeps nothing of a source that breaks, and reports its error',
    async run({ store }) {
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield pattern(70_000);
        throw new Error('the source broke');
      };
      const error = await caught(() => store.put(broken()));
      same(error instanceof Error ? error.message : error, 'the source broke', 'error');
      same(await store.has(cidOf(pattern(70_000))), false, 'has');
    },
  },
  {
    name: 'never gives all of an altered blob, and is repaired by putting it again',
    async run({ store, damage }) {
      for (const bytes of [pattern(10), pattern(300_000)]) {
        const cid = await store.put(bytes);
        await damage(cid);
        let received = 0;
        const error = await caught(async () => {
          for await (const piece of store.get(cid)) received += piece.length;
        });
        // A remote store whose server notices first can only break off.
        const told = isEncryptechError(error, 'protocol.blobAltered') || isEncryptechError(error, 'protocol.truncated');
        same(told, true, `blobAltered, not ${String(error)}`);
        same(received < bytes.length, true, 'held back');
        await store.put(bytes);
        same(equalBytes(await readBlob(store, cid, bytes.length), bytes), true, 'repaired');
      }
    },
  },
  {
    name: 'serves many at once',
    async run({ store }) {
      const all = Array.from({ length: 12 }, (_, i) => pattern(20_000 + i));
      // The same blob twice at the same time, too.
      const cids = await Promise.all([...all, ...all].map((bytes) => store.put(bytes)));
      const back = await Promise.all(cids.map((cid) => readBlob(store, cid, 30_000)));
      same(
        back.every((bytes, i) => equalBytes(bytes, all[i % 12]!)),
        true,
        'bytes',
      );
    },
  },
  {
    name: 'lets a reader leave early',
    async run({ store }) {
      const cid = await store.put(pattern(500_000));
      for await (const piece of store.get(cid)) if (piece.length > 0) break;
      same((await readBlob(store, cid, 500_000)).length, 500_000, 'bytes');
    },
  },
];

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + length) & 0xff);
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield concatBytes(bytes.subarray(at, at + size));
}

function same<T>(actual: T, wanted: T, what: string): void {
  if (actual !== wanted) throw new Error(`${what}: expected ${String(wanted)}, got ${String(actual)}`);
}

async function caught(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error('expected an error, got none');
}

async function fails(code: string, act: () => Promise<unknown>): Promise<void> {
  const error = await caught(act);
  if (!isEncryptechError(error, code)) throw new Error(`expected ${code}, got ${String(error)}`, { cause: error });
}
