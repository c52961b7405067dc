import { errorsOf } from './encryptech-error.ts';

const fail = errorsOf<'base.badHex'>();

/** `0x` and lower-case hex digits. */
export type Hex = `0x${string}`;

/** The bytes as lower-case hex with `0x`. */
export function toHex(bytes: Uint8Array): Hex {
  let out = '0x';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out as Hex;
}

/**
 * The bytes of a hex string with or without `0x`; of exactly `length` bytes if that is given.
 *
 * @throws `base.badHex`
 */
export function fromHex(text: string, length?: number): Uint8Array {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  if (
    digits.length % 2 !== 0 ||
    !/^[0-9a-fA-F]*$/.test(digits) ||
    (length !== undefined && digits.length !== 2 * length)
  ) {
    throw fail({
      code: 'base.badHex',
      message: `Expected ${length === undefined ? 'an even number of' : 2 * length} hex digits, got ${digits.length} characters.`,
    });
  }
  const out = new Uint8Array(digits.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** The UTF-8 bytes of a text. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** All parts joined in order. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** True when both hold the same bytes; the time taken depends on the length only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}
