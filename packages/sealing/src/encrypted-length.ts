import { CHUNK_BYTES, CHUNK_TAG_BYTES, HEADER_BYTES } from './file-format.ts';

/** The bytes of the encrypted file of so many bytes of plaintext: exact, so that an upload can say its length ahead. */
export const encryptedLength = (plainBytes: number): number =>
  HEADER_BYTES + plainBytes + CHUNK_TAG_BYTES * Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES));
