import { protocolError } from '../errors.ts';
import { FRAME_HEADER_BYTES } from './read-frames.ts';

/**
 * The header that goes before a frame of that many bytes.
 *
 * @throws `protocol.tooLarge` from 2^32 bytes on
 */
export function frameHeader(length: number): Uint8Array {
  if (length >= 2 ** 32) throw protocolError({ code: 'protocol.tooLarge', message: 'A frame holds less than 4 GiB.' });
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  new DataView(header.buffer).setUint32(0, length);
  return header;
}
