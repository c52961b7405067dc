/**
 * The encrypted file, version 1:
 *
 * | bytes | what |
 * | --- | --- |
 * | 0–7 | magic |
 * | 8 | version, 1 |
 * | 9–40 | random salt |
 * | 41–72 | header tag: commits to key, context and bytes 0–40 |
 * | 73… | chunks: AES-256-GCM of 64 KiB of plaintext each (the last one shorter), ciphertext then 16-byte tag |
 *
 * A chunk's nonce is its number in 11 bytes, big endian, then 1 for the last chunk and 0 for the others: the STREAM
 * construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) as age v1 lays it out. An empty file has one empty chunk.
 */
export const MAGIC = Uint8Array.of(0x89, 0x45, 0x4e, 0x43, 0x46, 0x0d, 0x0a, 0x1a);
export const VERSION = 1;
export const SALT_BYTES = 32;
export const SALT_AT = MAGIC.length + 1;
export const HEADER_TAG_AT = SALT_AT + SALT_BYTES;
export const HEADER_BYTES = HEADER_TAG_AT + 32;
export const CHUNK_BYTES = 65_536;
export const CHUNK_TAG_BYTES = 16;
