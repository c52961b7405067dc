import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as der from '../der/der-writer.ts';

export const ECDSA_WITH_SHA256 = der.derSequence(der.derOid('1.2.840.10045.4.3.2'));
const EC_P256 = der.derSequence(der.derOid('1.2.840.10045.2.1'), der.derOid('1.2.840.10045.3.1.7'));
const ORGANISATION = 'Encryptech development, no security';

export interface CertificateFacts {
  readonly serial: Uint8Array;
  readonly subject: string;
  readonly publicKey: Uint8Array;
  readonly issuer: string;
  readonly issuerKey: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Given for an authority: how many authorities may follow. */
  readonly pathLength?: number;
  /** The content of Intel's extension, for a PCK certificate. */
  readonly sgxExtensions?: Uint8Array;
}

/**
 * An X.509 v3 certificate in DER (RFC 5280) under ECDSA P-256 with SHA-256. Deterministic: the signature's nonce comes
 * from RFC 6979, so the same facts give the same bytes.
 */
export function writeCertificate(facts: CertificateFacts): Uint8Array {
  const authority = facts.pathLength !== undefined;
  const extension = (oid: string, value: Uint8Array, critical: boolean) =>
    der.derSequence(der.derOid(oid), ...(critical ? [der.derTrue()] : []), der.derOctets(value));
  const extensions = [
    extension('2.5.29.14', der.derOctets(keyIdentifier(facts.publicKey)), false),
    extension(
      '2.5.29.35',
      der.derSequence(der.der(0x80, keyIdentifier(p256.getPublicKey(facts.issuerKey, false)))),
      false,
    ),
    // Bit 0 is digital signature; bits 5 and 6 are the signing of certificates and of revocation lists.
    extension('2.5.29.15', authority ? der.derBits(Uint8Array.of(0x06), 1) : der.derBits(Uint8Array.of(0x80), 7), true),
    extension(
      '2.5.29.19',
      authority ? der.derSequence(der.derTrue(), der.derInteger(Uint8Array.of(facts.pathLength))) : der.derSequence(),
      true,
    ),
    ...(facts.sgxExtensions === undefined ? [] : [extension('1.2.840.113741.1.13.1', facts.sgxExtensions, false)]),
  ];
  const signed = der.derSequence(
    der.derExplicit(0, der.derInteger(Uint8Array.of(2))),
    der.derInteger(facts.serial),
    ECDSA_WITH_SHA256,
    writeName(facts.issuer),
    der.derSequence(der.derUtcTime(facts.notBefore), der.derUtcTime(facts.notAfter)),
    writeName(facts.subject),
    der.derSequence(EC_P256, der.derBits(facts.publicKey)),
    der.derExplicit(3, der.derSequence(...extensions)),
  );
  return der.derSequence(signed, ECDSA_WITH_SHA256, der.derBits(ecdsaValue(signed, facts.issuerKey)));
}

/** The signature of bytes as a structure of two integers (RFC 3279 section 2.2.3). */
export function ecdsaValue(signed: Uint8Array, key: Uint8Array): Uint8Array {
  const signature = p256.sign(signed, key, { lowS: false });
  return der.derSequence(der.derInteger(signature.subarray(0, 32)), der.derInteger(signature.subarray(32)));
}

/** A distinguished name of the development hierarchy. */
export function writeName(commonName: string): Uint8Array {
  const part = (oid: string, text: string) => der.derSet(der.derSequence(der.derOid(oid), der.derText(text)));
  return der.derSequence(part('2.5.4.10', ORGANISATION), part('2.5.4.3', commonName));
}

/** RFC 5280 section 4.2.1.2: any 20 bytes that name a key. */
export const keyIdentifier = (publicKey: Uint8Array): Uint8Array => sha256(publicKey).subarray(0, 20);
