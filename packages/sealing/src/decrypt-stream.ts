import { BlockReader } from './block-reader.ts';
import type { ByteSource } from './byte-source.ts';
import { chunkNonce } from './chunk-nonce.ts';
import type { FileOptions } from './encrypt-stream.ts';
import { sealingError } from './errors.ts';
import { CHUNK_BYTES, CHUNK_TAG_BYTES, HEADER_BYTES } from './file-format.ts';
import { openFileKey } from './file-key.ts';
import { requireKey } from './require-key.ts';

/**
 * The plaintext of an encrypted file, in pieces of at most 64 KiB; memory stays constant. Each piece is authentic when
 * it is yielded, but only the end of the stream says that the file is whole: act on nothing before it.
 *
 * A file that was cut between two chunks is `sealing.truncated`; one cut inside a chunk can't be told from a changed one
 * and is `sealing.altered`.
 *
 * @throws `sealing.badKey`, `sealing.notEncrypted`, `sealing.unsupportedVersion`, `sealing.wrongKey`,
 * `sealing.truncated`, `sealing.altered`, `sealing.badSource`, and whatever the source throws
 *
 * @example
 * for await (const piece of decryptStream(key, response.body)) await file.write(piece);
 */
export async function* decryptStream(
  key: Uint8Array,
  source: ByteSource,
  { context = new Uint8Array(0) }: FileOptions = {},
): AsyncGenerator<Uint8Array> {
  requireKey(key, 'key of a file');
  const reader = new BlockReader(source);
  try {
    const header = await reader.read(HEADER_BYTES);
    const { aes } = await openFileKey(key, context, header.bytes);
    for (let index = 0, ended = false; !ended; index++) {
      const { bytes, last } = await reader.read(CHUNK_BYTES + CHUNK_TAG_BYTES);
      const plain = await decryptChunk(aes, index, last, bytes);
      if (plain === undefined) throw await reasonOf(aes, index, last, bytes);
      if (plain.length > 0) yield plain;
      ended = last;
    }
  } finally {
    await reader.close();
  }
}

async function decryptChunk(
  aes: CryptoKey,
  index: number,
  last: boolean,
  bytes: Uint8Array,
): Promise<Uint8Array | undefined> {
  try {
    const algorithm = { name: 'AES-GCM', iv: chunkNonce(index, last) };
    return new Uint8Array(await globalThis.crypto.subtle.decrypt(algorithm, aes, bytes as Uint8Array<ArrayBuffer>));
  } catch {
    return undefined;
  }
}

// A chunk that opens under the other flag is genuine: then it is the file's length that is wrong.
async function reasonOf(aes: CryptoKey, index: number, last: boolean, bytes: Uint8Array): Promise<Error> {
  // Only the one chunk of an empty file holds nothing but its tag.
  if (bytes.length < CHUNK_TAG_BYTES + (index === 0 ? 0 : 1)) return truncated(index);
  const genuine = (await decryptChunk(aes, index, !last, bytes)) !== undefined;
  if (genuine && last) return truncated(index + 1);
  return sealingError({
    code: 'sealing.altered',
    message: genuine
      ? 'The encrypted file goes on after its last chunk.'
      : 'The encrypted file was altered, or cut off inside a chunk.',
    place: `chunk ${index}`,
    data: { chunk: index },
  });
}

function truncated(chunk: number): Error {
  return sealingError({
    code: 'sealing.truncated',
    message: 'The encrypted file ends before its last chunk.',
    place: `chunk ${chunk}`,
    hint: 'Fetch the file again: the transfer was probably cut off.',
    data: { chunk },
  });
}
