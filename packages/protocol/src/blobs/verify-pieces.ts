import { cidOfDigest, digestOfCid } from '@encryptech/base';
import { blobAltered } from './blob-errors.ts';
import { sha256Stream, type Sha256Stream } from './sha256-stream.ts';

/**
 * The same pieces, the last one only once all together have the CID's digest.
 *
 * @throws `protocol.blobAltered`, `base.badCid`
 */
export async function* verifyPieces(
  cid: string,
  pieces: AsyncIterable<Uint8Array>,
  createHash: () => Sha256Stream = sha256Stream,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digest = digestOfCid(cid);
  const hash = createHash();
  let held: Uint8Array | undefined;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    hash.update(piece);
    if (held !== undefined) yield held;
    held = piece;
  }
  const actual = hash.digest();
  if (actual !== digest) throw blobAltered(cid, cidOfDigest(actual));
  if (held !== undefined) yield held;
}
