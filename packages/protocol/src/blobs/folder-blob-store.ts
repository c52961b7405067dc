import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cidOfDigest, digestOfCid, type Sha256 } from '@encryptech/base';
import { blobAltered, blobMissing } from './blob-errors.ts';
import type { BlobStore } from './blob-store.ts';
import { limitPieces } from './limit-pieces.ts';
import { piecesOf } from './pieces-of.ts';
import type { Sha256Stream } from './sha256-stream.ts';
import { verifyPieces } from './verify-pieces.ts';

/**
 * A blob store in a folder: `FOLDER/xy/CID`, where `xy` are the CID's last two characters. A blob is written beside its
 * place, flushed, then renamed, so a crash leaves whole blobs only; putting a damaged blob again repairs it.
 *
 * Besides the codes of {@link BlobStore}, errors of the file system come through as they are.
 */
export function createFolderBlobStore({ folder }: { folder: string }): BlobStore {
  // Through the digest, so that every spelling of a CID has one place, and none leaves the folder.
  const placeOf = (digest: Sha256): string => {
    const cid = cidOfDigest(digest);
    return join(folder, cid.slice(-2), cid);
  };

  return {
    async put(source, { expected, maxBytes = Number.MAX_SAFE_INTEGER } = {}) {
      const wanted = expected === undefined ? undefined : digestOfCid(expected);
      await mkdir(folder, { recursive: true });
      const temporary = join(folder, `.put-${randomUUID()}`);
      try {
        const digest = await writePieces(temporary, limitPieces(piecesOf(source), maxBytes));
        if (wanted !== undefined && digest !== wanted) throw blobAltered(cidOfDigest(wanted), cidOfDigest(digest));
        const place = placeOf(digest);
        await mkdir(dirname(place), { recursive: true });
        await rename(temporary, place);
        return cidOfDigest(digest);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    async *get(cid) {
      const place = placeOf(digestOfCid(cid));
      const stream = createReadStream(place, { highWaterMark: 1 << 16 });
      try {
        yield* verifyPieces(cid, stream as AsyncIterable<Uint8Array>, nodeSha256);
      } catch (error) {
        throw isMissing(error) ? blobMissing(cid) : error;
      } finally {
        stream.destroy();
      }
    },

    async has(cid) {
      try {
        return (await stat(placeOf(digestOfCid(cid)))).isFile();
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

function nodeSha256(): Sha256Stream {
  const hash = createHash('sha256');
  return { update: (piece) => hash.update(piece), digest: () => `0x${hash.digest('hex')}` };
}

async function writePieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<Sha256> {
  const hash = nodeSha256();
  const file = await open(path, 'wx', 0o644);
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest();
}
