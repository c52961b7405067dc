import { enclaveError } from './errors.ts';

const HEADER_BYTES = 4;

/** The most bytes that one frame may hold: graphs, data and models pass as files, frames only name them. */
export const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/**
 * The payload behind its length (4 bytes, big endian): how messages travel on the worker's pipes.
 *
 * @throws `enclave.frameTooLarge`
 */
export function encodeFrame(payload: Uint8Array, maxBytes = MAX_FRAME_BYTES): Uint8Array {
  if (payload.length > maxBytes) throw tooLarge(payload.length, maxBytes);
  const out = new Uint8Array(HEADER_BYTES + payload.length);
  new DataView(out.buffer).setUint32(0, payload.length);
  out.set(payload, HEADER_BYTES);
  return out;
}

/**
 * The payloads in a stream of framed bytes, whatever the chunks are. Never holds more than one frame and one chunk.
 *
 * @throws `enclave.frameTooLarge` before such a frame is read; `enclave.truncatedFrame` when the stream ends inside one
 */
export async function* readFrames(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = MAX_FRAME_BYTES,
): AsyncGenerator<Uint8Array, void, undefined> {
  const header = new Uint8Array(HEADER_BYTES);
  let headerFill = 0;
  let payload: Uint8Array | undefined;
  let fill = 0;
  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length || payload?.length === 0) {
      if (payload === undefined) {
        const take = Math.min(HEADER_BYTES - headerFill, chunk.length - at);
        header.set(chunk.subarray(at, at + take), headerFill);
        headerFill += take;
        at += take;
        if (headerFill < HEADER_BYTES) break;
        const length = new DataView(header.buffer).getUint32(0);
        if (length > maxBytes) throw tooLarge(length, maxBytes);
        payload = new Uint8Array(length);
        fill = 0;
      }
      const take = Math.min(payload.length - fill, chunk.length - at);
      payload.set(chunk.subarray(at, at + take), fill);
      fill += take;
      at += take;
      if (fill < payload.length) break;
      yield payload;
      payload = undefined;
      headerFill = 0;
    }
  }
  if (payload !== undefined || headerFill > 0) {
    throw enclaveError({ code: 'enclave.truncatedFrame', message: 'The stream ended inside a frame.' });
  }
}

function tooLarge(bytes: number, maxBytes: number) {
  return enclaveError({
    code: 'enclave.frameTooLarge',
    message: `A frame of ${bytes} bytes is more than the ${maxBytes} that are allowed.`,
    data: { bytes, maxBytes },
  });
}
