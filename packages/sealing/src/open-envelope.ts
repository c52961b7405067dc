import { sealingError } from './errors.ts';
import { ENVELOPE_KEMS, type EnvelopeKem } from './envelope-kem.ts';
import { hpkeSuites } from './hpke-suite.ts';
import { requireKey } from './require-key.ts';

const TAG_BYTES = 16;

export interface OpenOptions {
  /** `x25519` if left out; what the envelope was sealed with. */
  readonly kem?: EnvelopeKem;
  /** The recipient's secret key, 32 bytes. */
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
export async function openEnvelope(options: OpenOptions): Promise<Uint8Array> {
  const { kem = 'x25519', secretKey, envelope, info, aad } = options;
  requireKey(secretKey, 'secret key of an envelope');
  const { encapsulatedBytes } = ENVELOPE_KEMS[kem];
  const shortest = encapsulatedBytes + TAG_BYTES;
  const suite = hpkeSuites[kem];
  if (envelope.length < shortest) {
    throw sealingError({
      code: 'sealing.badEnvelope',
      message: `An envelope has at least ${shortest} bytes; this one has ${envelope.length}.`,
      data: { bytes: envelope.length },
    });
  }
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(secretKey);
    const enc = envelope.slice(0, encapsulatedBytes);
    const plain = await suite.open({ recipientKey, enc, info }, envelope.slice(encapsulatedBytes), aad);
    return new Uint8Array(plain);
  } catch {
    throw sealingError({
      code: 'sealing.envelopeRejected',
      message: 'The envelope does not open: it is for another key or another purpose, or it was altered.',
    });
  }
}
