import { concatBytes, utf8 } from '@encryptech/base';

/** One element: tag, shortest definite length, content (X.690 section 10.1). */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...content);
  const { length } = body;
  if (length < 0x80) return concatBytes(Uint8Array.of(tag, length), body);
  if (length < 0x100) return concatBytes(Uint8Array.of(tag, 0x81, length), body);
  if (length < 0x10000) return concatBytes(Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), body);
  return concatBytes(Uint8Array.of(tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff), body);
}

export const derSequence = (...items: readonly Uint8Array[]): Uint8Array => der(0x30, ...items);
export const derSet = (item: Uint8Array): Uint8Array => der(0x31, item);
export const derOctets = (bytes: Uint8Array): Uint8Array => der(0x04, bytes);
export const derBits = (bytes: Uint8Array, unused = 0): Uint8Array => der(0x03, Uint8Array.of(unused), bytes);
export const derText = (text: string): Uint8Array => der(0x0c, utf8(text));
export const derTrue = (): Uint8Array => der(0x01, Uint8Array.of(0xff));
export const derExplicit = (index: number, item: Uint8Array): Uint8Array => der(0xa0 | index, item);

/** A non-negative integer from big-endian bytes, in the fewest bytes. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return digits[0]! >= 0x80 ? der(0x02, Uint8Array.of(0), digits) : der(0x02, digits);
}

/** A dotted object identifier. */
export function derOid(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const content = [40 * first! + second!, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Uint8Array.from(content));
}

/** UTCTime, whole seconds; years 1950 to 2049 (RFC 5280 section 4.1.2.5.1). */
export const derUtcTime = (time: Date): Uint8Array =>
  der(0x17, utf8(`${time.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
