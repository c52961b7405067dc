import { statfs } from 'node:fs/promises';
import type { Context, Hono } from 'hono';
import { handleBlobRequest, type BlobStore } from '@encryptech/protocol';
import { coordinatorError } from '../errors.ts';

export interface BlobRoutesOptions {
  blobs: BlobStore;
  /** A folder of the disk that the blobs lie on. */
  disk: string;
  maxBlobBytes: number;
  /** Uploads are refused when the disk has less room. */
  minFreeDiskBytes: number;
}

/** Mounts the blob store under /v1/blobs. */
export function blobRoutes(app: Hono, options: BlobRoutesOptions): void {
  const { blobs: store, disk, maxBlobBytes: maxBytes, minFreeDiskBytes } = options;
  const get = (context: Context) => handleBlobRequest(context.req.raw, { store, maxBytes });
  const put = async (context: Context): Promise<Response> => {
    const { bavail, bsize } = await statfs(disk);
    if (bavail * bsize >= minFreeDiskBytes) return get(context);
    throw coordinatorError({
      code: 'coordinator.storageFull',
      message: 'The coordinator has no room for more blobs.',
      retry: 'later',
    });
  };
  app.get('/v1/blobs/:cid', get);
  app.put('/v1/blobs/:cid', put);
  app.post('/v1/blobs', put);
}
