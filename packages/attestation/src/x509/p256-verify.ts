import { verifySignature } from './verify-signature.ts';

/**
 * True when the signature (r, s, 64 bytes) is ECDSA P-256 with SHA-256 over the message under the uncompressed point.
 * A point that isn't on the curve, and both r or s out of range, are false. High s is accepted, as the vendors' tools do.
 */
export async function p256Verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): Promise<boolean> {
  if (publicKey.length !== 65 || publicKey[0] !== 4 || signature.length !== 64) return false;
  return verifySignature({ algorithm: 'p256', bytes: publicKey }, message, signature);
}
