import type { BlobSource } from './blob-store.ts';

const PIECE_BYTES = 1 << 16;

/** The pieces of a source; bytes in memory are cut into pieces of 64 KiB without a copy. */
export async function* piecesOf(source: BlobSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(source instanceof Uint8Array)) {
    yield* source;
    return;
  }
  for (let at = 0; at < source.length; at += PIECE_BYTES) yield source.subarray(at, at + PIECE_BYTES);
}
