import { p256 } from '@noble/curves/nist.js';
import * as der from '../der/der-writer.ts';
import { ECDSA_WITH_SHA256, ecdsaValue, keyIdentifier, writeName } from './write-certificate.ts';

export interface RevocationListFacts {
  readonly issuer: string;
  readonly issuerKey: Uint8Array;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Serial numbers, as big-endian bytes. */
  readonly revoked: readonly Uint8Array[];
}

/** An X.509 revocation list of version 2 in DER (RFC 5280 section 5) under ECDSA P-256 with SHA-256. Deterministic. */
export function writeRevocationList(facts: RevocationListFacts): Uint8Array {
  const entries = facts.revoked.map((serial) =>
    der.derSequence(der.derInteger(serial), der.derUtcTime(facts.thisUpdate)),
  );
  const extension = (oid: string, value: Uint8Array) => der.derSequence(der.derOid(oid), der.derOctets(value));
  const authority = der.derSequence(der.der(0x80, keyIdentifier(p256.getPublicKey(facts.issuerKey, false))));
  const signed = der.derSequence(
    der.derInteger(Uint8Array.of(1)),
    ECDSA_WITH_SHA256,
    writeName(facts.issuer),
    der.derUtcTime(facts.thisUpdate),
    der.derUtcTime(facts.nextUpdate),
    ...(entries.length === 0 ? [] : [der.derSequence(...entries)]),
    der.derExplicit(
      0,
      der.derSequence(extension('2.5.29.35', authority), extension('2.5.29.20', der.derInteger(Uint8Array.of(1)))),
    ),
  );
  return der.derSequence(signed, ECDSA_WITH_SHA256, der.derBits(ecdsaValue(signed, facts.issuerKey)));
}
