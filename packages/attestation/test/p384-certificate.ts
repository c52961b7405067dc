import { p384 } from '@noble/curves/nist.js';
import * as der from '../src/der/der-writer.ts';

const ECDSA_SHA384 = der.derSequence(der.derOid('1.2.840.10045.4.3.3'));
const EC_P384 = der.derSequence(der.derOid('1.2.840.10045.2.1'), der.derOid('1.3.132.0.34'));

export interface P384Facts {
  readonly subject: string;
  readonly issuer: string;
  readonly secret: Uint8Array;
  readonly issuerSecret: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Undefined for a leaf. */
  readonly pathLength?: number | undefined;
  /** Hex of the key usage's bit string; that of the role if left out, none if null. */
  readonly keyUsage?: string | null;
}

const name = (commonName: string): Uint8Array =>
  der.derSequence(der.derSet(der.derSequence(der.derOid('2.5.4.3'), der.derText(commonName))));

/** A certificate on P-384 like AWS's, for tests. */
export function p384Certificate(facts: P384Facts): Uint8Array {
  const isAuthority = facts.pathLength !== undefined;
  const usage = facts.keyUsage === undefined ? (isAuthority ? '03020106' : '03020780') : facts.keyUsage;
  const extension = (oid: string, value: Uint8Array) =>
    der.derSequence(der.derOid(oid), der.derTrue(), der.derOctets(value));
  const bytes = (hex: string) => Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  const extensions = [
    extension(
      '2.5.29.19',
      isAuthority
        ? der.derSequence(der.derTrue(), der.derInteger(Uint8Array.of(facts.pathLength!)))
        : der.derSequence(),
    ),
    ...(usage === null ? [] : [extension('2.5.29.15', bytes(usage))]),
  ];
  const signed = der.derSequence(
    der.derExplicit(0, der.derInteger(Uint8Array.of(2))),
    der.derInteger(Uint8Array.of(7)),
    ECDSA_SHA384,
    name(facts.issuer),
    der.derSequence(der.derUtcTime(facts.notBefore), der.derUtcTime(facts.notAfter)),
    name(facts.subject),
    der.derSequence(EC_P384, der.derBits(p384.getPublicKey(facts.secret, false))),
    der.derExplicit(3, der.derSequence(...extensions)),
  );
  const signature = p384.sign(signed, facts.issuerSecret, { lowS: false });
  const value = der.derSequence(der.derInteger(signature.slice(0, 48)), der.derInteger(signature.slice(48)));
  return der.derSequence(signed, ECDSA_SHA384, der.derBits(value));
}

/** A secret of P-384 made of one byte. */
export const p384Secret = (byte: number): Uint8Array => new Uint8Array(48).fill(byte);
