import { equalBytes, toHex } from '@encryptech/base';
import { derContent, derElement, derItems } from '../der/der-reader.ts';
import { requireSize } from '../require-size.ts';
import { badCertificate } from './bad-certificate.ts';
import { OID_BASIC_CONSTRAINTS, OID_KEY_USAGE, OID_SGX_EXTENSIONS } from './oids.ts';
import { readPublicKey, type PublicKey } from './public-key.ts';
import { readExtensions } from './read-extensions.ts';
import { readTime } from './read-time.ts';
import { signatureAlgorithm, signatureBytes, type SignatureAlgorithm } from './signature-algorithm.ts';

const MAX_BYTES = 4_096;

/** The parts of an X.509 v3 certificate (RFC 5280) that chains of evidence are judged by. */
export interface Certificate {
  readonly raw: Uint8Array;
  /** The bytes that the issuer signed. */
  readonly signed: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** r, then s, at full width; or an RSA signature. */
  readonly signature: Uint8Array;
  readonly serial: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: PublicKey;
  /** The bytes of `key`: the uncompressed point where the key is on a curve. */
  readonly publicKey: Uint8Array;
  /** Undefined for an end entity; else how many authorities may follow below, unbounded if `Infinity`. */
  readonly authority: { readonly pathLength: number } | undefined;
  /** The first byte of key usage (RFC 5280 section 4.2.1.3): 0x80 digital signature, 0x04 certificate signing. */
  readonly keyUsage: number | undefined;
  /** Intel's extension, undecoded. */
  readonly sgxExtensions: Uint8Array | undefined;
  /** The values of all extensions by the hex of their identifier's DER. */
  readonly extensions: ReadonlyMap<string, Uint8Array>;
}

/**
 * The certificate in DER, strictly read: version 3, key and signature of the algorithms that are `allowed` (ECDSA with
 * SHA-256 on P-256 if nothing is said), each extension once, no critical extension that isn't understood.
 *
 * @throws `attestation.badCertificate`, `attestation.tooLarge`
 */
export function readCertificate(raw: Uint8Array, allowed: readonly SignatureAlgorithm[] = ['p256']): Certificate {
  requireSize(raw, MAX_BYTES, 'certificate');
  const [tbs, algorithm, signature, ...rest] = derItems(derElement(raw, 0x30), 0x30);
  const fields = derItems(tbs, 0x30);
  const [version, serial, signedAlgorithm, issuer, validity, subject, publicKey, extensions, ...more] = fields;
  if (rest.length > 0 || more.length > 0) throw badCertificate('has too many fields');
  if (toHex(derContent(version, 0xa0)) !== '0x020102') throw badCertificate('is not of version 3');
  const signedBy = signatureAlgorithm(algorithm);
  if (!equalBytes(algorithm!.raw, signedAlgorithm?.raw ?? new Uint8Array(0)))
    throw badCertificate('names two signature algorithms');
  const key = readPublicKey(publicKey);
  if (!allowed.includes(signedBy) || !allowed.includes(key.algorithm))
    throw badCertificate(`is not of ${allowed.join(' or ')}`);
  derContent(issuer, 0x30);
  derContent(subject, 0x30);
  const [notBefore, notAfter, ...times] = derItems(validity, 0x30);
  if (times.length > 0) throw badCertificate('has too many dates');
  const found = readExtensions(derContent(extensions, 0xa3), [OID_BASIC_CONSTRAINTS, OID_KEY_USAGE]);
  return {
    raw,
    signed: tbs!.raw,
    signatureAlgorithm: signedBy,
    signature: signatureBytes(signature, signedBy),
    serial: derContent(serial, 0x02),
    issuer: issuer!.raw,
    subject: subject!.raw,
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    key,
    publicKey: key.bytes,
    authority: basicConstraints(found.get(OID_BASIC_CONSTRAINTS)),
    keyUsage: keyUsage(found.get(OID_KEY_USAGE)),
    sgxExtensions: found.get(OID_SGX_EXTENSIONS),
    extensions: found,
  };
}

function basicConstraints(value: Uint8Array | undefined): { pathLength: number } | undefined {
  if (value === undefined) return undefined;
  const [authority, pathLength, ...rest] = derItems(derElement(value, 0x30), 0x30);
  if (authority === undefined) return undefined;
  if (toHex(derContent(authority, 0x01)) !== '0xff' || rest.length > 0)
    throw badCertificate('has bad basic constraints');
  if (pathLength === undefined) return { pathLength: Infinity };
  const digits = derContent(pathLength, 0x02);
  if (digits.length !== 1 || digits[0]! > 0x7f) throw badCertificate('has a bad path length');
  return { pathLength: digits[0]! };
}

function keyUsage(value: Uint8Array | undefined): number | undefined {
  if (value === undefined) return undefined;
  const content = derContent(derElement(value, 0x03), 0x03);
  if (content.length < 2 || content[0]! > 7) throw badCertificate('has a bad key usage');
  return content[1]!;
}
