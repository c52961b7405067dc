import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, readFrames } from './frames.ts';

async function* chunksOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function collect(frames: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const out: Uint8Array[] = [];
  for await (const frame of frames) out.push(frame);
  return out;
}

describe('frames', () => {
  test('a frame is a big-endian length and the payload', () => {
    expect([...encodeFrame(Uint8Array.of(7, 8, 9))]).toEqual([0, 0, 0, 3, 7, 8, 9]);
  });

  test('frames come back whole however the stream is cut, empty ones too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
        fc.array(fc.nat(300), { maxLength: 8 }),
        async (payloads, cuts) => {
          const bytes = new Uint8Array(payloads.flatMap((payload) => [...encodeFrame(payload)]));
          const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
          const chunks = edges.slice(1).map((edge, i) => bytes.slice(edges[i], edge));
          expect((await collect(readFrames(chunksOf(...chunks)))).map((p) => [...p])).toEqual(
            payloads.map((p) => [...p]),
          );
        },
      ),
    );
  });

  test('a frame above the cap is refused by its header, before its bytes arrive', async () => {
    await expect(collect(readFrames(chunksOf(Uint8Array.of(0, 0, 1, 1)), 256))).rejects.toMatchObject({
      code: 'enclave.frameTooLarge',
      data: { bytes: 257, maxBytes: 256 },
    });
    expect(() => encodeFrame(new Uint8Array(257), 256)).toThrow(/257/);
  });

  test('a stream that ends inside a header or a payload is an error', async () => {
    await expect(collect(readFrames(chunksOf(Uint8Array.of(0, 0))))).rejects.toMatchObject({
      code: 'enclave.truncatedFrame',
    });
    await expect(collect(readFrames(chunksOf(Uint8Array.of(0, 0, 0, 2, 1))))).rejects.toMatchObject({
      code: 'enclave.truncatedFrame',
    });
  });
});
