import { XWing } from '@hpke/hybridkem-x-wing';
import type { EnvelopeKem } from './envelope-kem.ts';
import { envelopePublicKey, type EnvelopeKeyPair } from './envelope-key-pair.ts';
import { requireKey } from './require-key.ts';

/**
 * A fresh key pair for envelopes of this KEM, from the runtime's cryptographic random source: 32 bytes secret; public 32
 * bytes for `x25519`, 1216 for `x-wing` (ML-KEM-768's 1184, then X25519's 32).
 */
export async function generateKemKeyPair(kem: EnvelopeKem): Promise<EnvelopeKeyPair> {
  const secretKey = globalThis.crypto.getRandomValues(new Uint8Array(32));
  return { publicKey: await kemPublicKey(kem, secretKey), secretKey };
}

/**
 * The public key that belongs to a secret key. For `x-wing` the secret is the 32-byte seed that both halves grow from
 * (draft-connolly-cfrg-xwing-kem section 5.2).
 *
 * @throws `sealing.badKey`
 */
export async function kemPublicKey(kem: EnvelopeKem, secretKey: Uint8Array): Promise<Uint8Array> {
  if (kem === 'x25519') return envelopePublicKey(secretKey);
  requireKey(secretKey, 'secret key of an envelope');
  const xWing = new XWing();
  // A copy: the library keeps what it is given.
  const { publicKey } = await xWing.generateKeyPairDerand(secretKey.slice());
  return new Uint8Array(await xWing.serializePublicKey(publicKey));
}
