import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, type Sha256 } from '@encryptech/base';

/** A SHA-256 over pieces. Browsers have no streaming one, Node's is faster: stores for Node hand in their own. */
export interface Sha256Stream {
  update(piece: Uint8Array): unknown;
  digest(): Sha256;
}

/** The SHA-256 that runs everywhere. */
export function sha256Stream(): Sha256Stream {
  const hash = sha256.create();
  return { update: (piece) => hash.update(piece), digest: () => toHex(hash.digest()) };
}
