import { concatBytes, utf8 } from '@encryptech/base';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { sealingError } from './errors.ts';
import { requireKey } from './require-key.ts';

const SALT = utf8('encryptech/key/v1');

/**
 * A 32-byte key for one purpose, from a 32-byte root: HKDF-SHA256 (RFC 5869) with the label and each context in `info`
 * behind its own length, so that no two calls with different arguments share an input.
 *
 * @throws `sealing.badKey` for a root that isn't 32 bytes or an empty label
 *
 * @example
 * const key = deriveKey(secret, 'my-app/index', utf8('patients'));
 */
export function deriveKey(root: Uint8Array, label: string, ...context: readonly Uint8Array[]): Uint8Array {
  requireKey(root, 'root of a key derivation');
  if (label === '') throw sealingError({ code: 'sealing.badKey', message: 'A derived key needs a label.' });
  const info = [utf8(label), ...context].flatMap((part) => [lengthOf(part), part]);
  return expand(sha256, extract(sha256, root, SALT), concatBytes(...info), 32);
}

function lengthOf(part: Uint8Array): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, part.length);
  return out;
}
