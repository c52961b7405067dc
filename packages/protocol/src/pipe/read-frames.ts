import { concatBytes } from '@encryptech/base';
import { protocolError } from '../errors.ts';

/** Bytes of a frame's header: its length, unsigned, big-endian. */
export const FRAME_HEADER_BYTES = 4;

/**
 * The frames in a stream of bytes, however it is cut into chunks. Reads no further than the consumer asks, so a slow
 * consumer slows the sender; a claimed length reserves no memory before its bytes arrive.
 *
 * @throws `protocol.tooLarge` at a header over `maxBytes`; `protocol.truncated` when the stream ends inside a frame
 */
export async function* readFrames(
  input: AsyncIterable<Uint8Array>,
  { maxBytes }: { maxBytes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  let held = 0;
  let wanted: number | undefined;

  const take = (count: number): Uint8Array => {
    const joined = parts.length === 1 ? parts[0]! : concatBytes(...parts);
    parts = joined.length > count ? [joined.subarray(count)] : [];
    held -= count;
    return joined.subarray(0, count);
  };

  for await (const chunk of input) {
    if (chunk.length === 0) continue;
    parts.push(chunk);
    held += chunk.length;
    for (;;) {
      if (wanted === undefined) {
        if (held < FRAME_HEADER_BYTES) break;
        const header = take(FRAME_HEADER_BYTES);
        wanted = new DataView(header.buffer, header.byteOffset, FRAME_HEADER_BYTES).getUint32(0);
        if (wanted > maxBytes) {
          throw protocolError({
            code: 'protocol.tooLarge',
            message: `A frame of ${wanted} bytes is over ${maxBytes}.`,
            data: { size: wanted, cap: maxBytes },
          });
        }
      }
      if (held < wanted) break;
      const frame = wanted === 0 ? new Uint8Array(0) : take(wanted);
      wanted = undefined;
      yield frame;
    }
  }
  if (held === 0 && wanted === undefined) return;
  throw protocolError({ code: 'protocol.truncated', message: 'The pipe ended inside a frame.', retry: 'later' });
}
