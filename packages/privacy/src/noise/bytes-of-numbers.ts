import { concatBytes } from '@encryptech/base';

/**
 * Whole numbers as bytes, the same on every machine, and those of equal lists only alike, be a zero negative or not: four bytes each
 * where they fit, which takes half as long to digest, else eight; which of the two is the last byte.
 */
export function bytesOfIntegers(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(4 * values.length + 1);
  const short = new Int32Array(bytes.buffer, 0, values.length);
  for (let i = 0; i < short.length; i++) {
    short[i] = values[i]!;
    if (short[i] !== values[i]) {
      return concatBytes(littleEndian(values.map((value) => value + 0)), Uint8Array.of(8));
    }
  }
  bytes[4 * values.length] = 4;
  toLittleEndian(bytes.subarray(0, -1), 4);
  return bytes;
}

/** Numbers as bytes, eight each, the same on every machine. */
export function littleEndian(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.slice().buffer);
  toLittleEndian(bytes, 8);
  return bytes;
}

/** Turns numbers of `size` bytes each around, in place, on machines that begin with the highest. */
function toLittleEndian(bytes: Uint8Array, size: number): void {
  const isBig = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;
  if (isBig) for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}
