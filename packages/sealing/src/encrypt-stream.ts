import { BlockReader } from './block-reader.ts';
import type { ByteSource } from './byte-source.ts';
import { chunkNonce } from './chunk-nonce.ts';
import { CHUNK_BYTES, SALT_BYTES } from './file-format.ts';
import { newFileKey } from './file-key.ts';
import { requireKey } from './require-key.ts';

export interface FileOptions {
  /** Public bytes that must be the same when the file is decrypted, such as what the file is; empty if not given. */
  readonly context?: Uint8Array;
}

/**
 * The encrypted file of a source of any length, as a stream of pieces of at most 64 KiB + 16 bytes; memory stays
 * constant. Each file gets its own key from a fresh random salt, so one `key` (32 bytes) may encrypt any number of files.
 *
 * Format and construction: `file-format.ts`.
 *
 * @throws `sealing.badKey`, `sealing.badSource`, and whatever the source throws
 *
 * @example
 * await pipeline(createReadStream('heart.csv'), (source) => encryptStream(key, source), createWriteStream('heart.enc'));
 */
export async function* encryptStream(
  key: Uint8Array,
  source: ByteSource,
  options: FileOptions = {},
): AsyncGenerator<Uint8Array> {
  const salt = globalThis.crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  yield* encryptUnderSalt(key, source, salt, options);
}

/** As {@link encryptStream} under a given salt, for test vectors. The same salt and key twice break the encryption. */
export async function* encryptUnderSalt(
  key: Uint8Array,
  source: ByteSource,
  salt: Uint8Array,
  { context = new Uint8Array(0) }: FileOptions,
): AsyncGenerator<Uint8Array> {
  requireKey(key, 'key of a file');
  const { aes, header } = await newFileKey(key, context, salt);
  const reader = new BlockReader(source);
  try {
    yield header;
    for (let index = 0, ended = false; !ended; index++) {
      const { bytes, last } = await reader.read(CHUNK_BYTES);
      const algorithm = { name: 'AES-GCM', iv: chunkNonce(index, last) };
      yield new Uint8Array(await globalThis.crypto.subtle.encrypt(algorithm, aes, bytes as Uint8Array<ArrayBuffer>));
      ended = last;
    }
  } finally {
    await reader.close();
  }
}
