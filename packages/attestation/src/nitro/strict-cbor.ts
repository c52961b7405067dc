import { decode } from 'cborg';
import { attestationError } from '../errors.ts';

/**
 * The value of strict CBOR (RFC 8949): maps as `Map`, shortest forms, each key once, no tags, nothing after the value, no
 * undefined and no special floats. Indefinite lengths are an option, since AWS has used them inside signed payloads.
 *
 * @throws `attestation.malformed`
 */
export function decodeStrictCbor(bytes: Uint8Array, what: string, { allowIndefinite = false } = {}): unknown {
  try {
    return decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
    });
  } catch (cause) {
    // The decoder's errors are untyped.
    const reason = cause instanceof Error ? cause.message.replace(/^CBOR decode error: /, '') : 'unreadable';
    throw attestationError({
      code: 'attestation.malformed',
      message: `The ${what} is not strict CBOR: ${reason}.`,
      place: what,
    });
  }
}
