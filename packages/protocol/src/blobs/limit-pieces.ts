import { blobTooLarge } from './blob-errors.ts';

/**
 * The same pieces, as long as they stay within `maxBytes` together.
 *
 * @throws `protocol.blobTooLarge` before the piece that goes over
 */
export async function* limitPieces(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0;
  for await (const piece of pieces) {
    total += piece.length;
    if (total > maxBytes) throw blobTooLarge(maxBytes);
    yield piece;
  }
}
