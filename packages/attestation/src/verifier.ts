import type { Hex } from '@encryptech/base';
import type { EvidenceClaims } from './claims.ts';
import type { Evidence, TeeKind } from './evidence.ts';

/** A root that is trusted because its fingerprint is pinned, never because it came with evidence. */
export interface Anchor {
  /** SHA-256 of the certificate. */
  readonly fingerprint: Hex;
  /** The root certificate in DER, where the relying party keeps it; else one with the fingerprint is looked for. */
  readonly certificate?: Uint8Array;
}

/** The roots that a relying party pins. */
export interface TrustAnchors {
  /** Hardware vendors' roots, by kind; {@link vendorAnchors} holds the real ones. */
  readonly vendor: Readonly<Partial<Record<Exclude<TeeKind, 'software'>, readonly Anchor[]>>>;
  /** Roots of software enclaves. What they vouch for has level 0; empty in production. */
  readonly development: readonly Anchor[];
}

/**
 * Asks for one document of a vendor. `subject` says which:
 *
 * | type | subject | the document |
 * | --- | --- | --- |
 * | `tcb-info` | FMSPC, 12 lower-case hex digits | Intel PCS's JSON body `{"tcbInfo":…,"signature":"…"}`, byte for byte |
 * | `enclave-identity` | `QE` or `TD_QE` | Intel PCS's JSON body `{"enclaveIdentity":…,"signature":"…"}`, byte for byte |
 * | `issuer-chain` | `tcb-info` or `enclave-identity` | PEM: Intel's TCB signing certificate and the root |
 * | `revocation-list` | common name of the issuer: `Intel SGX PCK Platform CA`, `Intel SGX Root CA`, `ARK-Milan` | CRL in DER |
 * | `certificate` | `VCEK/Milan/CHIP_ID/TCB`, `VLEK/Milan`, `SEV-Milan`, `SEV-VLEK-Milan`, `ARK-Milan`, `PCK` | DER |
 *
 * `kind` is `tdx` or `sgx` for Intel (their TCB infos and identities differ), `sev-snp` for AMD.
 */
export interface EndorsementQuery {
  readonly kind: TeeKind;
  readonly type: 'tcb-info' | 'enclave-identity' | 'issuer-chain' | 'revocation-list' | 'certificate';
  readonly subject: string;
}

/**
 * RFC 9334's Endorsements: where a verifier gets vendors' documents from. What comes back is never trusted: verifiers check
 * each document over its exact bytes, against the pinned roots and the given time.
 */
export interface Endorsements {
  get(query: EndorsementQuery, now: Date): Promise<Uint8Array | undefined>;
}

/** No documents at all: enough for software enclaves and Nitro. */
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
  /**
   * The claims of evidence whose every signature, hash and date holds; anything else is a typed error, with the failed step
   * in `data.step`. The binding of the report data to runtime data is checked afterwards, once for all kinds, by
   * {@link verifyEvidence}.
   */
  verify(evidence: Pick<Evidence, 'body' | 'certificates'>, context: VerificationContext): Promise<EvidenceClaims>;
}
