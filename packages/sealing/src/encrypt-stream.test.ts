import { digestOf, fromHex, toHex, utf8 } from '@encryptech/base';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { collectBytes } from './collect-bytes.ts';
import { decryptFile } from './decrypt-file.ts';
import { decryptStream } from './decrypt-stream.ts';
import { encryptFile } from './encrypt-file.ts';
import { encryptedLength } from './encrypted-length.ts';
import { encryptStream, encryptUnderSalt } from './encrypt-stream.ts';
import { CHUNK_BYTES } from './file-format.ts';

const key = Uint8Array.from({ length: 32 }, (_, i) => i);
const salt = new Uint8Array(32).fill(0xa5);
const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => i * 7);

// Both expectations were computed with Python's cryptography package from the format's description.
test('writes the file that the format describes', async () => {
  const file = await collectBytes(encryptUnderSalt(key, utf8('Encryptech'), salt, { context: utf8('heart') }));
  expect(toHex(file)).toBe(
    '0x89454e43460d0a1a01a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5636f86cdaf8e06e5552aaebdf96ad7c7' +
      'a1332b2f88c50634bb599a54144c45b8cd29c0eff3b5a80ce775cea123c0f02fea4fa33faf59554720fd',
  );
  const two = await collectBytes(encryptUnderSalt(key, pattern(65_537), salt, { context: utf8('heart') }));
  expect(two.length).toBe(65_642);
  expect(digestOf(two)).toBe('0x5c92c8d837b2adce686e1cf9515972f2ce67a8cb4f02bcfad091b10b90a0cf5e');
});

test.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5])(
  'a file of %i bytes comes back and has the foretold length',
  async (length) => {
    const plain = pattern(length);
    const file = await encryptFile(key, plain);
    expect(file.length).toBe(encryptedLength(length));
    expect(digestOf(await decryptFile(key, file))).toBe(digestOf(plain));
  },
);

test('however the source is cut into pieces, the plaintext comes back', async () => {
  const cuts = fc.array(fc.nat(40_000), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(cuts, cuts, async (plainCuts, fileCuts) => {
      const plain = pattern(plainCuts.reduce((sum, cut) => sum + cut, 0));
      const file = await collectBytes(encryptStream(key, pieces(plain, plainCuts)));
      const back = await collectBytes(decryptStream(key, pieces(file, fileCuts)));
      expect(digestOf(back)).toBe(digestOf(plain));
    }),
    { numRuns: 30 },
  );
});

test('takes streams of Node and of the web, with and without iteration', async () => {
  const plain = pattern(100_000);
  const node = await collectBytes(encryptStream(key, Readable.from(pieces(plain, [10, 70_000]))));
  expect(digestOf(await decryptFile(key, node))).toBe(digestOf(plain));
  const web = await collectBytes(encryptStream(key, webStream(plain)));
  expect(digestOf(await decryptFile(key, web))).toBe(digestOf(plain));
  const stream = webStream(plain);
  const uniterable = { getReader: () => stream.getReader() } as unknown as ReadableStream<Uint8Array>;
  const safari = await collectBytes(encryptStream(key, uniterable));
  expect(digestOf(await decryptFile(key, safari))).toBe(digestOf(plain));
});

test('holds no more than a few chunks of a long stream, both ways', async () => {
  const piece = new Uint8Array(CHUNK_BYTES);
  let pulled = 0;
  let yielded = 0;
  let farthest = 0;
  async function* source() {
    for (; pulled < 2_000; pulled++) yield piece;
  }
  for await (const plain of decryptStream(key, encryptStream(key, source()))) {
    yielded += plain.length;
    farthest = Math.max(farthest, pulled * CHUNK_BYTES - yielded);
  }
  expect(yielded).toBe(131_072_000);
  expect(farthest).toBeLessThanOrEqual(4 * CHUNK_BYTES);
});

test('two files of the same plaintext share nothing but magic and version', async () => {
  const [a, b] = await Promise.all([encryptFile(key, pattern(1_000)), encryptFile(key, pattern(1_000))]);
  const same = a.slice(9).filter((byte, i) => byte === b[9 + i]).length;
  expect(toHex(a.subarray(0, 9))).toBe(toHex(b.subarray(0, 9)));
  expect(same).toBeLessThan(30);
});

test('a consumer that stops early closes the source', async () => {
  let closed = 0;
  async function* source() {
    try {
      for (;;) yield pattern(CHUNK_BYTES);
    } finally {
      closed++;
    }
  }
  for await (const piece of encryptStream(key, source())) if (piece.length > 1_000) break;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(pattern(CHUNK_BYTES)),
    cancel: () => void closed++,
  });
  const uniterable = { getReader: () => stream.getReader() } as unknown as ReadableStream<Uint8Array>;
  for await (const piece of encryptStream(key, uniterable)) if (piece.length > 1_000) break;
  expect(closed).toBe(2);
});

test('the error of a source passes through, and ends the stream before its last chunk', async () => {
  async function* source() {
    yield pattern(CHUNK_BYTES + 1);
    throw new Error('disk gone');
  }
  const got: Uint8Array[] = [];
  await expect(async () => {
    for await (const piece of encryptStream(key, source())) got.push(piece);
  }).rejects.toThrow('disk gone');
  await expect(collectBytes(decryptStream(key, got))).rejects.toMatchObject({ code: 'sealing.truncated' });
});

test('refuses keys of another length and sources of text', async () => {
  await expect(encryptFile(fromHex('00'.repeat(16)), utf8('x'))).rejects.toMatchObject({ code: 'sealing.badKey' });
  await expect(decryptFile(new Uint8Array(33), utf8('x'))).rejects.toMatchObject({ code: 'sealing.badKey' });
  const text = Readable.from(['text']) as AsyncIterable<Uint8Array>;
  await expect(collectBytes(encryptStream(key, text))).rejects.toMatchObject({ code: 'sealing.badSource' });
  const number = 7 as unknown as Uint8Array;
  await expect(encryptFile(key, number)).rejects.toMatchObject({ code: 'sealing.badSource' });
});

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const cut of cuts) yield bytes.subarray(at, (at += cut));
  yield bytes.subarray(at);
}

const webStream = (bytes: Uint8Array): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.subarray(0, 1_234));
      controller.enqueue(bytes.subarray(1_234));
      controller.close();
    },
  });
