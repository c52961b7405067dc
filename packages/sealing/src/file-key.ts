import { concatBytes, equalBytes, utf8 } from '@encryptech/base';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { sealingError } from './errors.ts';
import { HEADER_BYTES, HEADER_TAG_AT, MAGIC, SALT_AT, VERSION } from './file-format.ts';

const LABEL = utf8('encryptech/file/v1');

/** What both directions need: the AES key of one file and the header that was written for it. */
export interface FileKey {
  readonly aes: CryptoKey;
  readonly header: Uint8Array;
}

/** The key and header of a new file under a salt that was never used before. */
export async function newFileKey(key: Uint8Array, context: Uint8Array, salt: Uint8Array): Promise<FileKey> {
  const start = concatBytes(MAGIC, Uint8Array.of(VERSION), salt);
  const { aesBytes, tag } = derive(key, context, start);
  return { aes: await importAes(aesBytes), header: concatBytes(start, tag) };
}

/**
 * The key of an existing file, once its header has proven that it belongs to this key and context.
 *
 * @throws `sealing.notEncrypted`, `sealing.truncated`, `sealing.unsupportedVersion`, `sealing.wrongKey`
 */
export async function openFileKey(key: Uint8Array, context: Uint8Array, header: Uint8Array): Promise<FileKey> {
  if (!equalBytes(header.subarray(0, MAGIC.length), MAGIC.subarray(0, header.length))) {
    throw sealingError({
      code: 'sealing.notEncrypted',
      message: 'These bytes are not an encrypted file.',
      hint: 'Encrypt the file first, or check that the right file was given.',
    });
  }
  if (header.length < HEADER_BYTES) {
    throw sealingError({ code: 'sealing.truncated', message: 'The encrypted file ends inside its header.' });
  }
  const version = header[MAGIC.length]!;
  if (version !== VERSION) {
    throw sealingError({
      code: 'sealing.unsupportedVersion',
      message: `The encrypted file has version ${version}; this release reads version ${VERSION}.`,
      data: { version },
    });
  }
  const { aesBytes, tag } = derive(key, context, header.subarray(0, HEADER_TAG_AT));
  if (!equalBytes(tag, header.subarray(HEADER_TAG_AT))) {
    throw sealingError({
      code: 'sealing.wrongKey',
      message: 'The encrypted file does not open with this key, or its header was altered.',
    });
  }
  return { aes: await importAes(aesBytes), header };
}

// One HKDF gives the key and the tag that is stored: the tag tells a wrong key from an altered file before any
// chunk, and commits the file to one key, which GCM alone does not.
function derive(key: Uint8Array, context: Uint8Array, start: Uint8Array): { aesBytes: Uint8Array; tag: Uint8Array } {
  const out = hkdf(sha256, key, start.subarray(SALT_AT), concatBytes(LABEL, start, context), 64);
  return { aesBytes: out.subarray(0, 32), tag: out.subarray(32) };
}

const importAes = (bytes: Uint8Array): Promise<CryptoKey> =>
  globalThis.crypto.subtle.importKey('raw', bytes as Uint8Array<ArrayBuffer>, 'AES-GCM', false, ['encrypt', 'decrypt']);
