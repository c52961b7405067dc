import { toHex } from '@encryptech/base';
import { derContent, derElement, derItems, type DerElement } from '../der/der-reader.ts';
import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import { OID_BASIC_CONSTRAINTS, OID_KEY_USAGE, OID_SGX_EXTENSIONS } from './oids.ts';

const MAX_BYTES = 4_096;
const ECDSA_WITH_SHA256 = '0x300a06082a8648ce3d040302';
/** Everything of a P-256 SubjectPublicKeyInfo but the 65 bytes of its uncompressed point (RFC 5480). */
const P256_PREFIX = '0x3059301306072a8648ce3d020106082a8648ce3d030107034200';

/** The parts of an X.509 v3 certificate (RFC 5280) under ECDSA P-256 that a chain of quotes is judged by. */
export interface Certificate {
  readonly raw: Uint8Array;
  /** The bytes that the issuer signed. */
  readonly signed: Uint8Array;
  /** r, then s, 32 bytes each. */
  readonly signature: Uint8Array;
  readonly serial: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The uncompressed point, 65 bytes. */
  readonly publicKey: Uint8Array;
  /** Undefined for an end entity; else how many authorities may follow below, unbounded if `Infinity`. */
  readonly authority: { readonly pathLength: number } | undefined;
  /** The first byte of key usage (RFC 5280 section 4.2.1.3): 0x80 digital signature, 0x04 certificate signing. */
  readonly keyUsage: number | undefined;
  /** Intel's extension, undecoded. */
  readonly sgxExtensions: Uint8Array | undefined;
}

/**
 * The certificate in DER, strictly read: version 3, ECDSA with SHA-256 on P-256, each extension once, no critical
 * extension that isn't understood.
 *
 * @throws `attestation.badCertificate`, `attestation.tooLarge`
 */
export function readCertificate(raw: Uint8Array): Certificate {
  requireSize(raw, MAX_BYTES, 'certificate');
  const [tbs, algorithm, signature, ...rest] = derItems(derElement(raw, 0x30), 0x30);
  const fields = derItems(tbs, 0x30);
  const [version, serial, signedAlgorithm, issuer, validity, subject, publicKey, extensions, ...more] = fields;
  if (rest.length > 0 || more.length > 0) throw bad('has too many fields');
  if (toHex(derContent(version, 0xa0)) !== '0x020102') throw bad('is not of version 3');
  for (const element of [algorithm, signedAlgorithm])
    if (element === undefined || toHex(element.raw) !== ECDSA_WITH_SHA256)
      throw bad('is not signed by ECDSA with SHA-256');
  derContent(issuer, 0x30);
  derContent(subject, 0x30);
  const [notBefore, notAfter, ...times] = derItems(validity, 0x30);
  if (times.length > 0) throw bad('has too many dates');
  const found = readExtensions(derContent(extensions, 0xa3));
  return {
    raw,
    signed: tbs!.raw,
    signature: ecdsaSignature(bits(signature)),
    serial: derContent(serial, 0x02),
    issuer: issuer!.raw,
    subject: subject!.raw,
    notBefore: time(notBefore),
    notAfter: time(notAfter),
    publicKey: p256Point(publicKey),
    authority: basicConstraints(found.get(OID_BASIC_CONSTRAINTS)),
    keyUsage: keyUsage(found.get(OID_KEY_USAGE)),
    sgxExtensions: found.get(OID_SGX_EXTENSIONS),
  };
}

function readExtensions(content: Uint8Array): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const extension of derItems(derElement(content, 0x30), 0x30)) {
    const parts = derItems(extension, 0x30);
    const [oid, second] = parts;
    derContent(oid, 0x06);
    const critical = second?.tag === 0x01;
    if (critical && toHex(second.content) !== '0xff') throw bad('has a flag that is not DER');
    if (parts.length !== (critical ? 3 : 2)) throw bad('has an extension of the wrong shape');
    const name = toHex(oid!.raw);
    if (found.has(name)) throw bad('has an extension twice');
    if (critical && name !== OID_BASIC_CONSTRAINTS && name !== OID_KEY_USAGE)
      throw bad('has a critical extension that is not understood');
    found.set(name, derContent(parts.at(-1), 0x04));
  }
  return found;
}

function basicConstraints(value: Uint8Array | undefined): { pathLength: number } | undefined {
  if (value === undefined) return undefined;
  const [authority, pathLength, ...rest] = derItems(derElement(value, 0x30), 0x30);
  if (authority === undefined) return undefined;
  if (toHex(derContent(authority, 0x01)) !== '0xff' || rest.length > 0) throw bad('has bad basic constraints');
  if (pathLength === undefined) return { pathLength: Infinity };
  const digits = derContent(pathLength, 0x02);
  if (digits.length !== 1 || digits[0]! > 0x7f) throw bad('has a bad path length');
  return { pathLength: digits[0]! };
}

function keyUsage(value: Uint8Array | undefined): number | undefined {
  if (value === undefined) return undefined;
  const content = derContent(derElement(value, 0x03), 0x03);
  if (content.length < 2 || content[0]! > 7) throw bad('has a bad key usage');
  return content[1]!;
}

function time(element: DerElement | undefined): Date {
  const text = element === undefined ? '' : new TextDecoder('latin1').decode(element.content);
  const match = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const tag = match?.[1] === undefined ? 0x17 : 0x18;
  if (!match || element?.tag !== tag) throw bad('has a date in a form that is not allowed');
  const [, century = Number(match[2]) < 50 ? '20' : '19', year, month, day, hour, minute, second] = match;
  const iso = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso) throw bad('has a date that does not exist');
  return date;
}

function p256Point(element: DerElement | undefined): Uint8Array {
  const raw = element?.raw ?? new Uint8Array(0);
  if (raw.length !== 91 || toHex(raw.subarray(0, 26)) !== P256_PREFIX || raw[26] !== 4)
    throw bad('has a key that is not an uncompressed point on P-256');
  return raw.subarray(26);
}

function ecdsaSignature(value: Uint8Array): Uint8Array {
  const out = new Uint8Array(64);
  const items = derItems(derElement(value, 0x30), 0x30);
  if (items.length !== 2) throw bad('has a signature of the wrong shape');
  items.forEach((item, i) => {
    const digits = derContent(item, 0x02);
    const padded = digits[0] === 0 && digits.length > 1;
    const shortest = digits.length > 0 && (padded ? digits[1]! >= 0x80 : digits[0]! < 0x80);
    const magnitude = padded ? digits.subarray(1) : digits;
    if (!shortest || magnitude.length > 32) throw bad('has a signature that is not DER');
    out.set(magnitude, 32 * (i + 1) - magnitude.length);
  });
  return out;
}

function bits(element: DerElement | undefined): Uint8Array {
  const content = derContent(element, 0x03);
  if (content[0] !== 0) throw bad('has a signature that is not whole bytes');
  return content.subarray(1);
}

const bad = (message: string): Error =>
  attestationError({ code: 'attestation.badCertificate', message: `A certificate ${message}.` });
