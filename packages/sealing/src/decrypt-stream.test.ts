import { concatBytes, isEncryptechError, toHex, utf8, type EncryptechError } from '@encryptech/base';
import { beforeAll, expect, test } from 'vitest';
import { collectBytes } from './collect-bytes.ts';
import { decryptFile } from './decrypt-file.ts';
import { decryptStream } from './decrypt-stream.ts';
import { encryptFile } from './encrypt-file.ts';
import { CHUNK_BYTES, HEADER_BYTES } from './file-format.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => 200 - i);
const plain = utf8('age,chol\n63,233\n');
const CHUNK = CHUNK_BYTES + 16;
let small: Uint8Array;
let long: Uint8Array;

beforeAll(async () => {
  small = await encryptFile(key, plain);
  long = await encryptFile(
    key,
    Uint8Array.from({ length: 3 * CHUNK_BYTES + 9 }, (_, i) => i >> 8),
  );
});

async function codeOf(
  file: Uint8Array,
  under: Uint8Array = key,
  context: Uint8Array = new Uint8Array(0),
): Promise<string> {
  try {
    await decryptFile(under, file, { context });
    return 'ok';
  } catch (error) {
    if (!isEncryptechError(error)) throw error;
    return error.code;
  }
}

test('a change of any bit is found', async () => {
  for (let at = 0; at < small.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = Uint8Array.from(small);
      changed[at]! ^= 1 << bit;
      const expected =
        at < 8
          ? 'sealing.notEncrypted'
          : at === 8
            ? 'sealing.unsupportedVersion'
            : at < HEADER_BYTES
              ? 'sealing.wrongKey'
              : 'sealing.altered';
      expect(await codeOf(changed), `byte ${at} bit ${bit}`).toBe(expected);
    }
  }
});

test('a cut at any length is found', async () => {
  for (let length = 0; length < small.length; length++) {
    const inChunk = length >= HEADER_BYTES + 16;
    expect(await codeOf(small.subarray(0, length)), `${length} bytes`).toBe(
      inChunk ? 'sealing.altered' : 'sealing.truncated',
    );
  }
});

test('a cut between chunks or inside a tag is told as truncation, one inside a chunk is found', async () => {
  for (const chunks of [0, 1, 2, 3])
    expect(await codeOf(long.subarray(0, HEADER_BYTES + chunks * CHUNK))).toBe('sealing.truncated');
  expect(await codeOf(long.subarray(0, HEADER_BYTES + CHUNK + 16))).toBe('sealing.truncated');
  expect(await codeOf(long.subarray(0, HEADER_BYTES + CHUNK + 17))).toBe('sealing.altered');
  expect(await codeOf(long.subarray(0, long.length - 1))).toBe('sealing.altered');
});

test('reordered, duplicated, dropped and swapped-in chunks are found', async () => {
  const header = long.subarray(0, HEADER_BYTES);
  const chunk = (i: number) => long.subarray(HEADER_BYTES + i * CHUNK, HEADER_BYTES + (i + 1) * CHUNK);
  const build = (...order: number[]) => concatBytes(header, ...order.map(chunk));
  expect(await codeOf(build(0, 1, 2, 3))).toBe('ok');
  for (const order of [[1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 2, 3], [0, 1, 2, 2, 3], [3], [1, 2, 3]])
    expect(await codeOf(build(...order)), order.join()).toBe('sealing.altered');
  expect(await codeOf(build(0, 1, 2))).toBe('sealing.truncated');
  const other = await encryptFile(key, new Uint8Array(3 * CHUNK_BYTES + 9));
  expect(await codeOf(concatBytes(header, other.subarray(HEADER_BYTES)))).toBe('sealing.altered');
});

test('bytes after the end are found, after a short and after a full last chunk', async () => {
  for (const tail of [1, 16, CHUNK])
    expect(await codeOf(concatBytes(small, new Uint8Array(tail)))).toBe('sealing.altered');
  expect(await codeOf(concatBytes(small, small))).toBe('sealing.altered');
  const full = await encryptFile(key, new Uint8Array(CHUNK_BYTES));
  expect(await codeOf(full)).toBe('ok');
  await expect(decryptFile(key, concatBytes(full, Uint8Array.of(0)))).rejects.toMatchObject({
    code: 'sealing.altered',
    message: 'The encrypted file goes on after its last chunk.',
    place: 'chunk 0',
  });
  const empty = await encryptFile(key, new Uint8Array(0));
  expect(await codeOf(concatBytes(empty, Uint8Array.of(0)))).toBe('sealing.altered');
  expect(await codeOf(empty.map((byte, i) => (i === empty.length - 1 ? byte ^ 1 : byte)))).toBe('sealing.altered');
});

test('another key, another context and clear text each have their own error', async () => {
  expect(
    await codeOf(
      small,
      key.map((byte, i) => (i === 31 ? byte ^ 1 : byte)),
    ),
  ).toBe('sealing.wrongKey');
  expect(await codeOf(small, key, utf8('checkpoint'))).toBe('sealing.wrongKey');
  const bound = await encryptFile(key, plain, { context: utf8('checkpoint') });
  expect(await codeOf(bound)).toBe('sealing.wrongKey');
  expect(await codeOf(bound, key, utf8('checkpoint'))).toBe('ok');
  expect(await codeOf(plain)).toBe('sealing.notEncrypted');
  expect(await codeOf(small.map((byte, i) => (i === 8 ? 2 : byte)))).toBe('sealing.unsupportedVersion');
});

test('no chunk is yielded from the altered one on', async () => {
  const changed = Uint8Array.from(long);
  changed[HEADER_BYTES + CHUNK + 5]! ^= 1;
  const got: number[] = [];
  await expect(async () => {
    for await (const piece of decryptStream(key, changed)) got.push(piece.length);
  }).rejects.toMatchObject({ code: 'sealing.altered', place: 'chunk 1' });
  expect(got).toEqual([CHUNK_BYTES]);
});

test('errors hold neither key nor plaintext', async () => {
  const errors: EncryptechError[] = [];
  for (const file of [small.subarray(0, 40), small.map((byte, i) => (i === 80 ? byte ^ 1 : byte)), plain])
    await collectBytes(decryptStream(key, file)).catch((error: EncryptechError) => errors.push(error));
  expect(errors.length).toBe(3);
  for (const error of errors) {
    const text = JSON.stringify(error) + String(error.stack);
    expect(text).not.toContain(toHex(key).slice(2, 18));
    expect(text).not.toContain('chol');
    expect(error.cause).toBeUndefined();
  }
});
