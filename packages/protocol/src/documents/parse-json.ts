import type { Json } from '@encryptech/base';
import { protocolError } from '../errors.ts';

/** What a document may hold unless a caller says otherwise: 1 MiB. */
export const DOCUMENT_MAX_BYTES = 1 << 20;

/**
 * The JSON value of a text or its UTF-8 bytes.
 *
 * @throws `protocol.badJson`, or `protocol.tooLarge` over `maxBytes` (default {@link DOCUMENT_MAX_BYTES})
 */
export function parseJson(input: string | Uint8Array, maxBytes = DOCUMENT_MAX_BYTES): Json {
  if (input.length > maxBytes) {
    throw protocolError({
      code: 'protocol.tooLarge',
      message: `A document of ${input.length} bytes is over ${maxBytes}.`,
    });
  }
  try {
    const text = typeof input === 'string' ? input : new TextDecoder('utf-8', { fatal: true }).decode(input);
    return JSON.parse(text) as Json;
  } catch (cause) {
    // The parser's message quotes the text, which may be private: it stays in the cause.
    throw protocolError({ code: 'protocol.badJson', message: 'The text is not JSON.', cause });
  }
}
