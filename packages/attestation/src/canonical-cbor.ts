import { equalBytes } from '@encryptech/base';
import { decode, encode } from 'cborg';

/** What canonical CBOR carries here: text-keyed maps, text, bytes and whole numbers. */
export type CborValue = string | number | Uint8Array | readonly Uint8Array[] | { readonly [key: string]: CborValue };

/** The deterministic encoding of RFC 8949 section 4.2: shortest forms, definite lengths, keys in order. */
export const encodeCanonicalCbor = (value: CborValue): Uint8Array => encode(value);

/**
 * The value of canonical CBOR, maps as `Map`; `undefined` if the bytes are anything else: duplicate keys, keys out of
 * order, longer forms, indefinite lengths, trailing bytes. There is one encoding of a value, and it is the only one read.
 */
export function decodeCanonicalCbor(bytes: Uint8Array): unknown {
  try {
    const value: unknown = decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
    });
    // A key that is no text has no place here; the encoder would complain of maps and lists among keys on the console.
    if (!hasTextKeys(value)) return undefined;
    // What the decoder lets pass (key order, floats for whole numbers) doesn't come out the same again.
    return equalBytes(encode(value), bytes) ? value : undefined;
  } catch {
    // The decoder's errors are untyped; what it trips over is never canonical.
    return undefined;
  }
}

function hasTextKeys(value: unknown): boolean {
  if (value instanceof Map) return [...value].every(([key, item]) => typeof key === 'string' && hasTextKeys(item));
  return !Array.isArray(value) || value.every(hasTextKeys);
}
