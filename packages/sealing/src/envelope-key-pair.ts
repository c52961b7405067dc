import { x25519 } from '@noble/curves/ed25519.js';
import { requireKey } from './require-key.ts';

/** An X25519 key pair (RFC 7748), raw, 32 bytes each. */
export interface EnvelopeKeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** A fresh key pair from the runtime's cryptographic random source. */
export function generateEnvelopeKeyPair(): EnvelopeKeyPair {
  const secretKey = globalThis.crypto.getRandomValues(new Uint8Array(32));
  return { publicKey: envelopePublicKey(secretKey), secretKey };
}

/**
 * The public key that belongs to a secret key.
 *
 * @throws `sealing.badKey`
 */
export function envelopePublicKey(secretKey: Uint8Array): Uint8Array {
  requireKey(secretKey, 'secret key of an envelope');
  return x25519.getPublicKey(secretKey);
}
