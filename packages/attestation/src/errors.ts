import { errorsOf } from '@encryptech/base';

/** Every code that this package throws. */
export type AttestationErrorCode =
  /** More bytes than this kind of input may have; nothing was parsed. */
  | 'attestation.tooLarge'
  /** The bytes end inside a field. */
  | 'attestation.truncated'
  /** The bytes are not of the format. */
  | 'attestation.malformed'
  /** Runtime data with a missing, unknown, non-canonical or out-of-range field. */
  | 'attestation.badRuntimeData'
  /** An appraisal policy with a missing, unknown or out-of-range field. */
  | 'attestation.badPolicy'
  /** Evidence of a kind that this release has no verifier for. */
  | 'attestation.unsupportedKind'
  /** A certificate that can't be read, or that may not stand at its place in the chain. */
  | 'attestation.badCertificate'
  /** The chain doesn't end at a pinned root. */
  | 'attestation.untrustedRoot'
  /** A certificate of the chain is not valid at the given time. */
  | 'attestation.expiredCertificate'
  /** A signature doesn't verify. */
  | 'attestation.badSignature'
  /** A hash in signed bytes is not the hash of what it stands for: runtime data, or the attestation key. */
  | 'attestation.bindingMismatch'
  /** The quoting enclave itself runs in debug mode. */
  | 'attestation.debugQuotingEnclave'
  /** A document of the vendor that this evidence can't be judged without, and that nobody handed in. */
  | 'attestation.missingEndorsement'
  /** A document of the vendor that can't be read, or that is about something else. */
  | 'attestation.badEndorsement'
  /** A document of the vendor that is not valid at the given time: not yet, or no longer. */
  | 'attestation.expiredEndorsement'
  /** A revocation list that can't be read, is of another issuer, or not signed by it. */
  | 'attestation.badRevocationList'
  /** A certificate that its issuer has revoked. */
  | 'attestation.revoked'
  /** The report names another chip or another TCB than the certificate of its key. */
  | 'attestation.endorsementMismatch'
  /** A processor that this release does not know. */
  | 'attestation.unsupportedProduct'
  /** A quote of another TEE than its kind of evidence is of. */
  | 'attestation.kindMismatch'
  /** A quote that only names its platform, and carries no certificates. */
  | 'attestation.unsupportedCertification'
  /** A TDX module of another version, signer or attributes than the vendor's. */
  | 'attestation.moduleMismatch'
  /** A quoting enclave that is not the vendor's. */
  | 'attestation.quotingEnclaveMismatch'
  /** An event log that the measurement registers are not the hash chain of. */
  | 'attestation.eventLogMismatch'
  /** A pinned root whose certificate doesn't have its fingerprint. */
  | 'attestation.badAnchor'
  /** A development root in a production configuration. */
  | 'attestation.developmentAnchor'
  /** A seed or measurement of the wrong length. */
  | 'attestation.badArgument';

/** Makes this package's errors. */
export const attestationError = errorsOf<AttestationErrorCode>();
