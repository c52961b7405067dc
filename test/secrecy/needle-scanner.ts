import { gunzipSync } from 'node:zlib';

/** Bytes that must not be found, and what they are. */
export interface Needle {
  name: string;
  bytes: Uint8Array;
}

/** Finds needles in bytes. */
export interface Scanner {
  /**
   * The names of the needles that are in `haystack`, or in what it holds in gzip, hex or base64, layer under layer.
   * A name is there once, however often the needle is.
   */
  scan(haystack: Uint8Array): string[];
}

const SHORTEST = 8;
const DEEPEST = 3;

/** A scanner for many needles in one pass: each needle has 8 bytes at least, so that nothing is found by chance. */
export function createScanner(needles: readonly Needle[]): Scanner {
  const byStart = new Map<number, { name: string; bytes: Buffer }[]>();
  // One bit for each hash of a beginning: nearly all places of a haystack are passed by this look alone.
  const starts = new Uint8Array(1 << 21);
  for (const { name, bytes } of needles) {
    if (bytes.length < SHORTEST) throw new Error(`The needle ${name} is too short to mean anything.`);
    const buffer = Buffer.from(bytes);
    const start = startHash(buffer.readInt32LE(0), buffer.readInt32LE(4));
    starts[start >>> 11]! |= 1 << ((start >>> 8) & 7);
    const bucket = byStart.get(start);
    if (bucket === undefined) byStart.set(start, [{ name, bytes: buffer }]);
    else bucket.push({ name, bytes: buffer });
  }

  const scanLayer = (layer: Buffer, found: Set<string>): void => {
    if (layer.length < SHORTEST) return;
    let [first, second] = [layer.readInt32LE(0), layer.readInt32LE(4)];
    for (let at = 0; at + SHORTEST <= layer.length; at++) {
      const start = startHash(first, second);
      first = (first >>> 8) | (layer[at + 4]! << 24);
      second = (second >>> 8) | (layer[at + 8]! << 24);
      if ((starts[start >>> 11]! & (1 << ((start >>> 8) & 7))) === 0) continue;
      for (const { name, bytes } of byStart.get(start) ?? []) {
        if (layer.length - at >= bytes.length && layer.compare(bytes, 0, bytes.length, at, at + bytes.length) === 0)
          found.add(name);
      }
    }
  };
  return {
    scan: (haystack) => {
      const found = new Set<string>();
      for (const layer of layersOf(Buffer.from(haystack.buffer, haystack.byteOffset, haystack.byteLength), DEEPEST))
        scanLayer(layer, found);
      return [...found].sort();
    },
  };
}

/** A hash of the eight bytes in two words. */
const startHash = (first: number, second: number): number =>
  (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 0;

/** The bytes themselves, and everything that they hold in a transparent coding. */
function* layersOf(bytes: Buffer, depth: number): Generator<Buffer, void, undefined> {
  yield bytes;
  if (depth === 0) return;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    let plain: Buffer | undefined;
    try {
      plain = gunzipSync(bytes);
    } catch {
      // It only looks like gzip.
    }
    if (plain !== undefined) return yield* layersOf(plain, depth - 1);
  }
  const text = bytes.toString('latin1');
  // A run may begin at any digit: both ways to pair them are read.
  for (const [run] of text.matchAll(/[0-9a-fA-F]{16,}/g)) {
    yield* layersOf(Buffer.from(run, 'hex'), depth - 1);
    yield* layersOf(Buffer.from(run.slice(1), 'hex'), depth - 1);
  }
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{16,}/g)) {
    if (/^(0x)?[0-9a-fA-F]*$/.test(run)) continue;
    for (const skip of [0, 1, 2, 3]) yield* layersOf(Buffer.from(run.slice(skip), 'base64'), 0);
  }
}
