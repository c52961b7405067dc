import { isEncryptechError } from '@encryptech/base';
import { protocolError } from '../errors.ts';
import { wireErrorOf } from '../wire/wire-error.ts';
import type { BlobStore } from './blob-store.ts';

export interface BlobHandlerOptions {
  store: BlobStore;
  /** The most bytes that one blob may have. */
  maxBytes: number;
}

/**
 * The answer of a blob store's server to `PUT`, `GET` and `HEAD …/CID` and to `POST …`; a web-standard handler, so that
 * any server can mount it. Uploads are stored only under the digest that they have. Errors are `{ error }` on the wire:
 * 400 no CID, 404 missing, 413 too large, 422 other bytes than the CID names, 500.
 */
export async function handleBlobRequest(request: Request, { store, maxBytes }: BlobHandlerOptions): Promise<Response> {
  const cid = new URL(request.url).pathname.split('/').at(-1)!;
  try {
    switch (request.method) {
      case 'HEAD':
        return new Response(null, { status: (await store.has(cid)) ? 200 : 404 });
      case 'GET':
        return await answerWith(store.get(cid)[Symbol.asyncIterator]());
      case 'PUT':
      case 'POST': {
        const expected = request.method === 'PUT' ? cid : undefined;
        const stored = await store.put(piecesOfBody(request.body), { expected, maxBytes });
        return Response.json({ cid: stored }, { status: 201 });
      }
      default:
        return Response.json({ error: wireErrorOf(notAllowed(request.method)) }, { status: 405 });
    }
  } catch (error) {
    return Response.json({ error: wireErrorOf(error) }, { status: statusOf(error) });
  }
}

const notAllowed = (method: string) =>
  protocolError({ code: 'protocol.refused', message: `Blobs know no ${method.slice(0, 20)}.`, data: { status: 405 } });

const statuses: Record<string, number> = {
  'base.badCid': 400,
  'protocol.blobMissing': 404,
  'protocol.blobTooLarge': 413,
  'protocol.blobAltered': 422,
};
const statusOf = (error: unknown): number => (isEncryptechError(error) ? (statuses[error.code] ?? 500) : 500);

/** Waits for the first piece, so that a missing blob still gets its status; later faults break the connection. */
async function answerWith(pieces: AsyncIterator<Uint8Array>): Promise<Response> {
  let next: IteratorResult<Uint8Array> | undefined = await pieces.next();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = next ?? (await pieces.next());
        next = undefined;
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await pieces.return?.()),
    },
    { highWaterMark: 0 },
  );
  return new Response(body as BodyInit, {
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'public, max-age=31536000, immutable' },
  });
}

async function* piecesOfBody(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
