import type { Hex } from '@encryptech/base';
import type { Claims } from './claims.ts';
import type { Evidence, TeeKind } from './evidence.ts';

/** A root that is trusted because of where it was read from, never because it came with evidence. */
export interface Anchor {
  /** SHA-256 of the certificate. */
  readonly fingerprint: Hex;
  /** The root certificate in DER. */
  readonly certificate: Uint8Array;
}

/** The roots that a relying party pins. */
export interface TrustAnchors {
  /** Hardware vendors' roots, by kind. */
  readonly vendor: Readonly<Partial<Record<Exclude<TeeKind, 'software'>, readonly Anchor[]>>>;
  /** Roots of software enclaves. What they vouch for has level 0; empty in production. */
  readonly development: readonly Anchor[];
}

/** Asks for one document of a vendor: TCB info, an enclave identity, a revocation list, a certificate. */
export interface EndorsementQuery {
  readonly kind: TeeKind;
  readonly type: 'tcb-info' | 'enclave-identity' | 'revocation-list' | 'certificate';
  /** What the document is about: an FMSPC, an issuer, a chip identifier. */
  readonly subject: string;
}

/** RFC 9334's Endorsements: where a verifier gets vendors' documents from. Verifiers check each over its exact bytes. */
export interface Endorsements {
  get(query: EndorsementQuery, now: Date): Promise<Uint8Array | undefined>;
}

/** No documents at all: enough for software enclaves. */
export const noEndorsements: Endorsements = { get: () => Promise.resolve(undefined) };

export interface VerificationContext {
  /** The relying party's time; never the attester's. */
  readonly now: Date;
  readonly anchors: TrustAnchors;
  readonly endorsements: Endorsements;
}

/** RFC 9334's Verifier, the half that finds facts: opinions come later, by policy. */
export interface Verifier {
  readonly kind: TeeKind;
  /** The claims of evidence whose every signature, hash and date holds; anything else is a typed error. */
  verify(evidence: Evidence, context: VerificationContext): Promise<Claims>;
}
