import { concatBytes } from '@encryptech/base';
import type { BlobStore } from './blob-store.ts';
import { limitPieces } from './limit-pieces.ts';

/**
 * A whole blob in memory, for documents, graphs and models.
 *
 * @throws `protocol.blobTooLarge` over `maxBytes`, `protocol.blobMissing`, `protocol.blobAltered`
 */
export async function readBlob(store: BlobStore, cid: string, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of limitPieces(store.get(cid), maxBytes)) pieces.push(piece);
  return concatBytes(...pieces);
}
