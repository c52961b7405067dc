import { spawn } from 'node:child_process';
import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '@encryptech/base';
import { pipeMessages } from '../../test/messages.ts';
import { frameHeader } from './frame-header.ts';
import { createMessagePipe } from './message-pipe.ts';
import { pipe, type PipeMessage } from './pipe-messages.ts';
import { readFrames } from './read-frames.ts';

const framed = (...frames: Uint8Array[]): Uint8Array =>
  concatBytes(...frames.flatMap((frame) => [frameHeader(frame.length), frame]));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* chunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('frames', () => {
  test('come out as they went in, however the stream is cut', async () => {
    const frame = fc.uint8Array({ maxLength: 40 });
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 8 }), sizes, async (frames, cuts) => {
        const read = await collect(readFrames(chunks(framed(...frames), cuts), { maxBytes: 40 }));
        expect(read.map((bytes) => [...bytes])).toStrictEqual(frames.map((bytes) => [...bytes]));
      }),
    );
  });

  test('have a 4-byte big-endian length', () => {
    expect(frameHeader(0x01020304)).toStrictEqual(Uint8Array.of(1, 2, 3, 4));
    expect(() => frameHeader(2 ** 32)).toThrow(expect.objectContaining({ code: 'protocol.tooLarge' }));
  });

  test('over the cap are refused at their header', async () => {
    const endless = (async function* () {
      yield frameHeader(41);
      throw new Error('read on after the header');
    })();
    await expect(collect(readFrames(endless, { maxBytes: 40 }))).rejects.toMatchObject({ code: 'protocol.tooLarge' });
  });

  test('that are cut short are refused', async () => {
    const whole = framed(new Uint8Array(5));
    for (let length = 1; length < whole.length; length++) {
      await expect(collect(readFrames(chunks(whole.subarray(0, length), [3]), { maxBytes: 40 }))).rejects.toMatchObject(
        { code: 'protocol.truncated' },
      );
    }
  });

  test('are read no faster than they are taken', async () => {
    let asked = 0;
    const source = (async function* () {
      for (;;) {
        asked++;
        yield framed(new Uint8Array(10));
      }
    })();
    const reader = readFrames(source, { maxBytes: 40 });
    await reader.next();
    await reader.next();
    expect(asked).toBe(2);
    await reader.return();
  });
});

describe('a message pipe', () => {
  test('carries every message in order, both ways', async () => {
    const there = new PassThrough();
    const back = new PassThrough();
    const provider = createMessagePipe<PipeMessage>({ input: back, output: there, codec: pipe });
    const enclave = createMessagePipe<PipeMessage>({ input: there, output: back, codec: pipe });
    const sending = Promise.all(pipeMessages.map((message) => provider.send(message))).then(() => provider.end());
    const answering = (async () => {
      for await (const frame of enclave.frames()) await enclave.relay(frame);
      enclave.end();
    })();
    expect(await collect(provider.messages())).toStrictEqual(pipeMessages);
    await Promise.all([sending, answering]);
  });

  test('waits for a slow reader', async () => {
    const taken: (() => void)[] = [];
    const slow = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => void taken.push(done) });
    const { send } = createMessagePipe<PipeMessage>({ input: new PassThrough(), output: slow, codec: pipe });
    let sent = false;
    const sending = send({ type: 'ping', body: { id: 1, answer: false } }).then(() => (sent = true));
    await Promise.resolve();
    taken.shift()!();
    await new Promise(setImmediate);
    expect(sent).toBe(false);
    taken.shift()!();
    await sending;
    expect(sent).toBe(true);
  });

  test('says that the other end is gone', async () => {
    const output = new PassThrough();
    const { send } = createMessagePipe<PipeMessage>({ input: new PassThrough(), output, codec: pipe });
    output.destroy();
    await expect(send({ type: 'ping', body: { id: 1, answer: false } })).rejects.toMatchObject({
      code: 'protocol.closed',
    });
  });

  test('works with a real child process, and outlives its death', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], { stdio: 'pipe' });
    const parent = createMessagePipe<PipeMessage>({ input: child.stdout, output: child.stdin, codec: pipe });
    const received = parent.messages();
    for (const message of pipeMessages.slice(0, 4)) {
      await parent.send(message);
      expect((await received.next()).value).toStrictEqual(message);
    }
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect((await received.next()).done).toBe(true);
    await expect(
      (async () => {
        for (;;) await parent.send({ type: 'stop', body: { reason: 'shutdown' } });
      })(),
    ).rejects.toMatchObject({ code: 'protocol.closed' });
  });
});
