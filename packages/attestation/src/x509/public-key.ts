import { toHex } from '@encryptech/base';
import type { DerElement } from '../der/der-reader.ts';
import { badCertificate } from './bad-certificate.ts';
import type { SignatureAlgorithm } from './signature-algorithm.ts';

/** A key and the one algorithm that it is used with here. */
export interface PublicKey {
  readonly algorithm: SignatureAlgorithm;
  /** The uncompressed point, 65 or 97 bytes; for RSA the whole SubjectPublicKeyInfo. */
  readonly bytes: Uint8Array;
}

/** What comes before the key proper in a SubjectPublicKeyInfo (RFC 5480 section 2, RFC 8017 appendix A.1). */
const PREFIXES: readonly { algorithm: SignatureAlgorithm; prefix: string; length: number }[] = [
  { algorithm: 'p256', prefix: '0x3059301306072a8648ce3d020106082a8648ce3d03010703420004', length: 91 },
  { algorithm: 'p384', prefix: '0x3076301006072a8648ce3d020106052b8104002203620004', length: 120 },
  // A modulus of 4096 bits, its highest bit set; the exponent, 65537, ends the structure.
  {
    algorithm: 'rsa-pss',
    prefix: '0x30820222300d06092a864886f70d01010105000382020f003082020a0282020100',
    length: 550,
  },
];
const RSA_EXPONENT = '0x0203010001';

/**
 * The key of a SubjectPublicKeyInfo: an uncompressed point on P-256 or P-384, or RSA of 4096 bits with exponent 65537.
 *
 * @throws `attestation.badCertificate` for any other
 */
export function readPublicKey(element: DerElement | undefined): PublicKey {
  const raw = element?.raw ?? new Uint8Array(0);
  for (const { algorithm, prefix, length } of PREFIXES) {
    const fixed = prefix.length / 2 - 1;
    if (raw.length !== length || toHex(raw.subarray(0, fixed)) !== prefix) continue;
    if (algorithm !== 'rsa-pss') return { algorithm, bytes: raw.subarray(fixed - 1) };
    if (raw[fixed]! >= 0x80 && toHex(raw.subarray(-5)) === RSA_EXPONENT) return { algorithm, bytes: raw };
  }
  throw badCertificate('has a key that is not an uncompressed point on P-256 or P-384, nor RSA of 4096 bits');
}
