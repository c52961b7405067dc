import { concatBytes } from '@encryptech/base';
import { sealingError } from './errors.ts';
import { hpkeSuite } from './hpke-suite.ts';
import { requireKey } from './require-key.ts';

export interface SealOptions {
  /** The recipient's X25519 public key, 32 bytes. */
  readonly recipient: Uint8Array;
  readonly plaintext: Uint8Array;
  /** What the envelope is for: mixed into its keys. Both sides must agree on it. */
  readonly info: Uint8Array;
  /** Public bytes that are authenticated with the plaintext. */
  readonly aad: Uint8Array;
}

/**
 * An envelope that only the recipient opens: the 32-byte encapsulated key, then the ciphertext with its 16-byte tag
 * (HPKE single shot, RFC 9180 section 6.1, base mode, X25519 / HKDF-SHA256 / AES-256-GCM). It doesn't say who sealed it.
 *
 * @throws `sealing.badKey` for a recipient that isn't a usable X25519 public key
 */
export async function sealEnvelope({ recipient, plaintext, info, aad }: SealOptions): Promise<Uint8Array> {
  requireKey(recipient, 'public key of an envelope');
  try {
    const recipientPublicKey = await hpkeSuite.kem.deserializePublicKey(recipient);
    const { enc, ct } = await hpkeSuite.seal({ recipientPublicKey, info }, plaintext, aad);
    return concatBytes(new Uint8Array(enc), new Uint8Array(ct));
  } catch {
    // The library's error could carry key material as its cause, so it stays here.
    throw sealingError({ code: 'sealing.badKey', message: 'No envelope can be sealed to this public key.' });
  }
}
