import { attestationError } from '../errors.ts';

/** One element of DER, as views into the bytes it was read from. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The element with tag and length: what signatures cover and names are compared by. */
  readonly raw: Uint8Array;
}

/**
 * The elements that fill the bytes exactly, in order: one-byte tags, definite lengths in their shortest form
 * (X.690 section 10.1), below 16 MiB each; callers cap what they hand in.
 *
 * @throws `attestation.badCertificate`
 */
export function derElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at]!;
    if ((tag & 0x1f) === 0x1f) throw bad('has a tag of more than one byte');
    const { header, length } = lengthAt(bytes, at + 1);
    const start = at + 1 + header;
    if (start + length > bytes.length) throw bad('ends inside an element');
    elements.push({
      tag,
      content: bytes.subarray(start, start + length),
      raw: bytes.subarray(at, start + length),
    });
    at = start + length;
  }
  return elements;
}

/**
 * The one element of that tag that the bytes are.
 *
 * @throws `attestation.badCertificate`
 */
export function derElement(bytes: Uint8Array, tag: number): DerElement {
  const [element, ...more] = derElements(bytes);
  if (element === undefined || more.length > 0 || element.tag !== tag) throw bad(`should be one element ${tag}`);
  return element;
}

/**
 * The elements inside a constructed element of that tag.
 *
 * @throws `attestation.badCertificate`
 */
export const derItems = (element: DerElement | undefined, tag: number): DerElement[] =>
  derElements(derContent(element, tag));

/**
 * The content of an element that must be there and have that tag.
 *
 * @throws `attestation.badCertificate`
 */
export function derContent(element: DerElement | undefined, tag: number): Uint8Array {
  if (element?.tag !== tag) throw bad(`misses an element ${tag}`);
  return element.content;
}

function lengthAt(bytes: Uint8Array, at: number): { header: number; length: number } {
  const first = bytes[at];
  if (first === undefined) throw bad('ends inside an element');
  if (first < 0x80) return { header: 1, length: first };
  const count = first & 0x7f;
  if (count < 1 || count > 3 || at + count >= bytes.length) throw bad('has a length that is indefinite or too long');
  const length = bytes.subarray(at + 1, at + 1 + count).reduce((sum, byte) => (sum << 8) | byte, 0);
  if (length < (count === 1 ? 0x80 : 1 << (8 * (count - 1))))
    throw bad('has a length that is not in its shortest form');
  return { header: 1 + count, length };
}

const bad = (message: string): Error =>
  attestationError({ code: 'attestation.badCertificate', message: `A certificate's DER ${message}.` });
