import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cidOfDigest, type Sha256 } from '@encryptech/base';
import type { BlobStore } from '@encryptech/protocol';

export interface StagedBlob {
  file: string;
  digest: Sha256;
  size: number;
}

/**
 * Streams a blob into a file of the job folder, whole or not at all; memory stays constant. Stops early on `signal`.
 *
 * @throws `protocol.blobMissing`, `protocol.blobAltered` and what else the store throws
 */
export async function stageBlob(
  { blobs, digest, folder, name }: { blobs: BlobStore; digest: Sha256; folder: string; name: string },
  signal?: AbortSignal,
): Promise<StagedBlob> {
  const path = join(folder, name);
  const file = await open(path, 'w', 0o600);
  let size = 0;
  try {
    for await (const piece of blobs.get(cidOfDigest(digest))) {
      signal?.throwIfAborted();
      await file.writeFile(piece);
      size += piece.length;
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return { file: name, digest, size };
}
