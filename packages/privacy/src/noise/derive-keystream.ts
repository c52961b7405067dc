import { concatBytes, utf8 } from '@encryptech/base';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { Keystream } from './keystream.ts';

const SALT = utf8('encryptech/privacy/v1');

/** What a keystream is for: no two of a run are alike. */
export interface KeystreamPurpose {
  /**
   * `sample` says which units take part in a step, `choose` which of a unit's rows, `noise` is a parameter's noise, `count` the
   * noise of a count, `augment` how rows are transformed.
   */
  readonly label: 'sample' | 'choose' | 'noise' | 'count' | 'augment';
  readonly step: number;
  /** The parameter, for `noise`. */
  readonly name?: string;
  /** Digest of the sums that the noise is for, rounded, for `noise` and `count`. */
  readonly sums?: Uint8Array;
}

/**
 * The keystream of one purpose under a root: ChaCha20 under HKDF-SHA-256 (RFC 5869) of the root, whose info names
 * context, label, step, parameter and sums so that no two purposes share one.
 */
export function deriveKeystream(root: Uint8Array, context: Uint8Array, purpose: KeystreamPurpose): Keystream {
  const { label, step, name = '', sums = new Uint8Array(0) } = purpose;
  const parts = [context, utf8(label), utf8(String(step)), utf8(name), sums];
  // Each part is preceded by its length: two lists of parts never join to the same bytes.
  const info = concatBytes(
    ...parts.flatMap((part) => {
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, part.length);
      return [length, part];
    }),
  );
  return new Keystream(hkdf(sha256, root, SALT, info, 32));
}
