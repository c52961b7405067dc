/**
 * How an envelope's key travels: X25519 alone, or together with ML-KEM-768 (X-Wing), so that what is recorded today stays
 * closed to a quantum computer of tomorrow.
 */
export type EnvelopeKem = 'x25519' | 'x-wing';

/** What others must know of a KEM. */
export interface EnvelopeKemFacts {
  /** HPKE KEM id (IANA's registry; it is part of the HPKE suite id, so that keys of one KEM open nothing of another). */
  readonly id: number;
  readonly publicKeyBytes: number;
  /** Bytes of the encapsulated key that an envelope starts with. */
  readonly encapsulatedBytes: number;
}

/**
 * The KEMs that envelopes come in. `x25519` is DHKEM(X25519, HKDF-SHA256) of RFC 9180 section 7.1; `x-wing` is
 * draft-connolly-cfrg-xwing-kem (the same construction as MLKEM768-X25519 of draft-irtf-cfrg-concrete-hybrid-kems).
 */
export const ENVELOPE_KEMS: { readonly [Kem in EnvelopeKem]: EnvelopeKemFacts } = {
  x25519: { id: 0x0020, publicKeyBytes: 32, encapsulatedBytes: 32 },
  'x-wing': { id: 0x647a, publicKeyBytes: 1216, encapsulatedBytes: 1120 },
};

/** The KEM with this HPKE id, if envelopes come in it. */
export const envelopeKemOf = (id: number): EnvelopeKem | undefined =>
  (Object.keys(ENVELOPE_KEMS) as EnvelopeKem[]).find((kem) => ENVELOPE_KEMS[kem].id === id);
