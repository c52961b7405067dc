import { equalBytes, isEncryptechError, toHex } from '@encryptech/base';
import { derContent, derElement, derItems, type DerElement } from '../der/der-reader.ts';
import { attestationError } from '../errors.ts';
import { requireSize } from '../require-size.ts';
import { oid } from './oids.ts';
import { readExtensions } from './read-extensions.ts';
import { readTime } from './read-time.ts';
import { signatureAlgorithm, signatureBytes, type SignatureAlgorithm } from './signature-algorithm.ts';

/**
 * As much as is read of any document. Intel's lists name each revoked machine (about 50 bytes each), so a bad year must fit;
 * AMD's name product authorities only.
 */
const MAX_BYTES = 262_144;
const AUTHORITY_KEY = oid('2.5.29.35');
const CRL_NUMBER = oid('2.5.29.20');
const ISSUING_DISTRIBUTION_POINT = oid('2.5.29.28');

/** A certificate revocation list of version 2 (RFC 5280 section 5), read; nothing in it has been verified. */
export interface RevocationList {
  readonly raw: Uint8Array;
  /** The bytes that the issuer signed. */
  readonly signed: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  /** The issuer's name in DER. */
  readonly issuer: Uint8Array;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** The serial numbers of revoked certificates, as hex of their DER content. */
  readonly serials: ReadonlySet<string>;
}

/**
 * The revocation list in DER, strictly read: version 2, with an end of validity, complete (no delta, no partial scope).
 *
 * @throws `attestation.badRevocationList`, `attestation.tooLarge`
 */
export function readRevocationList(raw: Uint8Array): RevocationList {
  requireSize(raw, MAX_BYTES, 'revocation list');
  try {
    return read(raw);
  } catch (error) {
    if (!isEncryptechError(error, 'attestation.badCertificate')) throw error;
    throw bad(error.message.replace(/^A certificate('s DER)?/, 'Its DER'));
  }
}

function read(raw: Uint8Array): RevocationList {
  const [tbs, algorithm, signature, ...rest] = derItems(derElement(raw, 0x30), 0x30);
  const fields = derItems(tbs, 0x30);
  const [version, signedAlgorithm, issuer, thisUpdate, nextUpdate] = fields;
  if (rest.length > 0 || toHex(derContent(version, 0x02)) !== '0x01') throw bad('It is not of version 2.');
  const signedBy = signatureAlgorithm(algorithm);
  if (!equalBytes(algorithm!.raw, signedAlgorithm?.raw ?? new Uint8Array(0)))
    throw bad('It names two signature algorithms.');
  derContent(issuer, 0x30);
  const [revoked, extensions, ...more] = fields[5]?.tag === 0x30 ? fields.slice(5) : [undefined, ...fields.slice(5)];
  if (more.length > 0) throw bad('It has too many fields.');
  if (extensions !== undefined) {
    const found = readExtensions(derContent(extensions, 0xa0), [AUTHORITY_KEY, CRL_NUMBER]);
    if (found.has(ISSUING_DISTRIBUTION_POINT)) throw bad('It covers only a part of what its issuer signed.');
  }
  return {
    raw,
    signed: tbs!.raw,
    signatureAlgorithm: signedBy,
    signature: signatureBytes(signature, signedBy),
    issuer: issuer!.raw,
    thisUpdate: readTime(thisUpdate),
    nextUpdate: readTime(nextUpdate),
    serials: revoked === undefined ? new Set() : readSerials(revoked),
  };
}

/** Each entry: serial number, date, and extensions of its own of which none may change what the entry means. */
function readSerials(revoked: DerElement): Set<string> {
  const serials = new Set<string>();
  for (const entry of derItems(revoked, 0x30)) {
    const [serial, date, extensions, ...more] = derItems(entry, 0x30);
    if (more.length > 0) throw bad('An entry has too many fields.');
    readTime(date);
    if (extensions !== undefined) readExtensions(extensions.raw, []);
    serials.add(toHex(derContent(serial, 0x02)));
  }
  return serials;
}

const bad = (message: string): Error =>
  attestationError({ code: 'attestation.badRevocationList', message: `A revocation list can't be used. ${message}` });
