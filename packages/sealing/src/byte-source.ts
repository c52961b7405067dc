import { sealingError } from './errors.ts';

/** Where bytes come from: held in memory, or pulled piece by piece. Node's and the web's readable streams both fit. */
export type ByteSource =
  Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array> | ReadableStream<Uint8Array<ArrayBufferLike>>;

/**
 * The pieces of a source, in order. Leaving the loop early closes the source.
 *
 * @throws `sealing.badSource` when a piece isn't bytes
 */
export async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for await (const piece of iterableOf(source)) {
    if (!(piece instanceof Uint8Array)) {
      throw sealingError({
        code: 'sealing.badSource',
        message: `A source of bytes yields a ${typeof piece}.`,
        hint: 'Open a text stream without an encoding, so that it yields bytes.',
      });
    }
    if (piece.length > 0) yield piece;
  }
}

function iterableOf(source: ByteSource): AsyncIterable<unknown> | Iterable<unknown> {
  if (source instanceof Uint8Array) return [source];
  if (typeof source === 'object' && source !== null) {
    if (Symbol.asyncIterator in source || Symbol.iterator in source) return source;
    // Some browsers' readable streams can't be iterated.
    if ('getReader' in source) return readAll(source as ReadableStream<unknown>);
  }
  throw sealingError({
    code: 'sealing.badSource',
    message: 'A source of bytes is neither bytes nor a stream of bytes.',
  });
}

async function* readAll(stream: ReadableStream<unknown>): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel();
    reader.releaseLock();
  }
}
