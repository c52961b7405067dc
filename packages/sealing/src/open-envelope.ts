import { sealingError } from './errors.ts';
import { ENCAPSULATED_BYTES, hpkeSuite } from './hpke-suite.ts';
import { requireKey } from './require-key.ts';

const SHORTEST = ENCAPSULATED_BYTES + 16;

export interface OpenOptions {
  /** The recipient's X25519 secret key, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly envelope: Uint8Array;
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

/**
 * The plaintext of an envelope that was sealed to this key under the same `info` and `aad`.
 *
 * @throws `sealing.badKey`, `sealing.badEnvelope`, `sealing.envelopeRejected`
 */
export async function openEnvelope({ secretKey, envelope, info, aad }: OpenOptions): Promise<Uint8Array> {
  requireKey(secretKey, 'secret key of an envelope');
  if (envelope.length < SHORTEST) {
    throw sealingError({
      code: 'sealing.badEnvelope',
      message: `An envelope has at least ${SHORTEST} bytes; this one has ${envelope.length}.`,
      data: { bytes: envelope.length },
    });
  }
  try {
    const recipientKey = await hpkeSuite.kem.deserializePrivateKey(secretKey);
    const enc = envelope.slice(0, ENCAPSULATED_BYTES);
    const plain = await hpkeSuite.open({ recipientKey, enc, info }, envelope.slice(ENCAPSULATED_BYTES), aad);
    return new Uint8Array(plain);
  } catch {
    throw sealingError({
      code: 'sealing.envelopeRejected',
      message: 'The envelope does not open: it is for another key or another purpose, or it was altered.',
    });
  }
}
