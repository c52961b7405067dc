import { p256 } from '@noble/curves/nist.js';

/**
 * True when the signature (r, s, 64 bytes) is ECDSA P-256 with SHA-256 over the message under the uncompressed point.
 * A point that isn't on the curve, and both r or s out of range, are false. High s is accepted, as the vendors' tools do.
 */
export function p256Verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return p256.verify(signature, message, publicKey, { lowS: false });
  } catch {
    return false;
  }
}
