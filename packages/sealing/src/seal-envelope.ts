import { concatBytes } from '@encryptech/base';
import { sealingError } from './errors.ts';
import { ENVELOPE_KEMS, type EnvelopeKem } from './envelope-kem.ts';
import { hpkeSuites } from './hpke-suite.ts';
import { requireKey } from './require-key.ts';

export interface SealOptions {
  /** `x25519` if left out. Both sides must agree on it: it is mixed into the envelope's keys. */
  readonly kem?: EnvelopeKem;
  /** The recipient's public key: 32 bytes for `x25519`, 1216 for `x-wing`. */
  readonly recipient: Uint8Array;
  readonly plaintext: Uint8Array;
  /** What the envelope is for: mixed into its keys. Both sides must agree on it. */
  readonly info: Uint8Array;
  /** Public bytes that are authenticated with the plaintext. */
  readonly aad: Uint8Array;
}

/**
 * An envelope that only the recipient opens: the encapsulated key (32 bytes, 1120 for X-Wing), then the ciphertext with
 * its 16-byte tag (HPKE single shot, RFC 9180 section 6.1, base mode, KEM / HKDF-SHA256 / AES-256-GCM). It doesn't say who
 * sealed it.
 *
 * @throws `sealing.badKey` for a recipient that isn't a usable public key of the KEM
 */
export async function sealEnvelope(options: SealOptions): Promise<Uint8Array> {
  const { kem = 'x25519', recipient, plaintext, info, aad } = options;
  requireKey(recipient, 'public key of an envelope', ENVELOPE_KEMS[kem].publicKeyBytes);
  const suite = hpkeSuites[kem];
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(recipient);
    const { enc, ct } = await suite.seal({ recipientPublicKey, info }, plaintext, aad);
    return concatBytes(new Uint8Array(enc), new Uint8Array(ct));
  } catch {
    // The library's error could carry key material as its cause, so it stays here.
    throw sealingError({ code: 'sealing.badKey', message: 'No envelope can be sealed to this public key.' });
  }
}
