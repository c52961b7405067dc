import { z } from 'zod';
import { cidOf, cidOfDigest, digestOfCid } from '@encryptech/base';
import { parseDocument } from '../documents/parse-document.ts';
import { parseJson } from '../documents/parse-json.ts';
import { blobAltered, blobMissing, blobTooLarge } from './blob-errors.ts';
import type { BlobStore } from './blob-store.ts';
import { httpExchange, httpPieces, readAnswer, type Fetch, type HttpAnswer } from './http-exchange.ts';
import { limitPieces } from './limit-pieces.ts';
import { sha256Stream } from './sha256-stream.ts';
import { verifyPieces } from './verify-pieces.ts';

export interface HttpBlobStoreOptions {
  /** Where a coordinator or a provider serves blobs: `https://host/v1/blobs`. */
  url: string;
  /** The longest silence of the server. Default 30 s. */
  timeoutMs?: number;
  fetch?: Fetch;
}

/** What a store answers to a stored blob. */
export const storedSchema = z.object({ cid: z.string() });

/**
 * A blob store behind HTTP, served by `handleBlobRequest`: `GET`, `HEAD` and `PUT url/CID`, `POST url` for a stream
 * whose CID is not known ahead. Runs in Node and browsers. Bytes are verified here: the server is not trusted.
 *
 * Besides the codes of {@link BlobStore}: `protocol.timeout`, `protocol.unreachable`, `protocol.truncated` (the answer broke off:
 * the connection, or the server's own copy), `protocol.refused`, and what the server names in its answer.
 */
export function createHttpBlobStore({
  url,
  timeoutMs = 30_000,
  fetch = (target, init) => globalThis.fetch(target, init),
}: HttpBlobStoreOptions): BlobStore {
  const base = url.replace(/\/+$/, '');
  const placeOf = (cid: string): string => `${base}/${cidOfDigest(digestOfCid(cid))}`;
  const upload = { fetch, timeoutMs };

  return {
    async put(source, { expected, maxBytes = Number.MAX_SAFE_INTEGER } = {}) {
      if (source instanceof Uint8Array) {
        if (source.length > maxBytes) throw blobTooLarge(maxBytes);
        const cid = cidOf(source);
        if (expected !== undefined && digestOfCid(expected) !== digestOfCid(cid)) throw blobAltered(expected, cid);
        const stored = await httpExchange({ ...upload, method: 'PUT', url: placeOf(cid), body: source }, storedCid);
        if (stored !== cid) throw blobAltered(cid, stored);
        return cid;
      }
      const hash = sha256Stream();
      async function* hashed(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
        for await (const piece of pieces) {
          hash.update(piece);
          yield piece;
        }
      }
      const body = hashed(limitPieces(source, maxBytes));
      const request =
        expected === undefined
          ? ({ ...upload, method: 'POST', url: base, body } as const)
          : ({ ...upload, method: 'PUT', url: placeOf(expected), body } as const);
      const stored = await httpExchange(request, storedCid);
      const cid = cidOfDigest(hash.digest());
      if (stored !== cid) throw blobAltered(cid, stored);
      return cid;
    },

    get: (cid) => getVerified(cid, placeOf(cid)),

    has: (cid) =>
      httpExchange({ fetch, timeoutMs, method: 'HEAD', url: placeOf(cid) }, ({ found }) => Promise.resolve(found)),
  };

  function getVerified(cid: string, place: string): AsyncGenerator<Uint8Array, void, undefined> {
    const pieces = httpPieces({ fetch, timeoutMs, method: 'GET', url: place }, () => blobMissing(cid));
    return verifyPieces(cid, pieces);
  }
}

const storedCid = async ({ pieces }: HttpAnswer): Promise<string> =>
  parseDocument(storedSchema, 'the answer of a blob store', parseJson(await readAnswer(pieces))).cid;
