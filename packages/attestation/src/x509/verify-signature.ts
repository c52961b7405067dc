import type { PublicKey } from './public-key.ts';

const IMPORT = {
  p256: ['raw', { name: 'ECDSA', namedCurve: 'P-256' }],
  p384: ['raw', { name: 'ECDSA', namedCurve: 'P-384' }],
  'rsa-pss': ['spki', { name: 'RSA-PSS', hash: 'SHA-384' }],
} as const;
const VERIFY = {
  p256: { name: 'ECDSA', hash: 'SHA-256' },
  p384: { name: 'ECDSA', hash: 'SHA-384' },
  'rsa-pss': { name: 'RSA-PSS', saltLength: 48 },
} as const;

/**
 * True when the signature over the message verifies under the key, by WebCrypto: r then s at full width for ECDSA (FIPS 186-5
 * section 6.4.2), RSASSA-PSS as AMD uses it (RFC 8017 section 8.1.2). A key that isn't valid verifies nothing. High s is
 * accepted, as the vendors' tools do.
 */
export async function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const { subtle } = globalThis.crypto;
  const [format, algorithm] = IMPORT[key.algorithm];
  try {
    const imported = await subtle.importKey(format, bufferOf(key.bytes), algorithm, false, ['verify']);
    return await subtle.verify(VERIFY[key.algorithm], imported, bufferOf(signature), bufferOf(message));
  } catch {
    // A point off the curve, a modulus that is none: WebCrypto throws where others answer no.
    return false;
  }
}

/** WebCrypto's types refuse bytes that might be shared between threads; ours never are. */
const bufferOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;
