export { appraisalPolicyDigest } from './policy/appraisal-policy-digest.ts';
export type { AppraisalPolicy, SecurityLevel } from './policy/appraisal-policy.ts';
export { appraise, appraiseEvidence } from './appraisal/appraise.ts';
export { assertProduction } from './assert-production.ts';
export type { AttestationResult, EnclaveKeys, EvidenceVerdict } from './appraisal/attestation-result.ts';
export type { Challenge } from './challenge.ts';
export type { Claims, EvidenceClaims, IntelFacts, NitroFacts, SnpFacts, SnpTcb, TcbStatus } from './claims.ts';
export { createDevelopmentPki, type DevelopmentPki, type SoftwarePlatform } from './software/development-pki.ts';
export type {
  DevelopmentCollateral,
  DevelopmentCollateralOptions,
  DevelopmentLevel,
} from './software/development-collateral.ts';
export { combineEndorsements } from './endorsements/combine-endorsements.ts';
export {
  createKdsEndorsements,
  type KdsEndorsementsOptions,
  type KdsEntry,
} from './sev-snp/kds/create-kds-endorsements.ts';
export { AMD_KDS } from './sev-snp/kds/kds-request.ts';
export { createEndorsementStore } from './endorsements/create-endorsement-store.ts';
export {
  createPcsEndorsements,
  type PcsEndorsementsOptions,
  type PcsEntry,
} from './intel/pcs/create-pcs-endorsements.ts';
export { INTEL_PCS, type PcsAddresses } from './intel/pcs/pcs-request.ts';
export { createSoftwareAttester, type SoftwareAttesterOptions } from './software/software-attester.ts';
export { decodeEvidence, encodeEvidence } from './evidence-file.ts';
export { decodeRuntimeData } from './runtime-data/decode-runtime-data.ts';
export { describeReason, REASONS, type ReasonCode } from './appraisal/reasons.ts';
export { encodeRuntimeData } from './runtime-data/encode-runtime-data.ts';
export type { AttestationErrorCode } from './errors.ts';
export { TEE_KINDS, type Attester, type Evidence, type TeeKind } from './evidence.ts';
export { nitroVerifier } from './nitro/nitro-verifier.ts';
export { strictAppraisalPolicy } from './policy/strict-appraisal-policy.ts';
export { parseAppraisalPolicy } from './policy/parse-appraisal-policy.ts';
export { detectKind } from './detect-kind.ts';
export { readEvidence, type FoundEvidence } from './read-evidence.ts';
export type { Audience, HybridKem, Purpose, RuntimeData } from './runtime-data/runtime-data.ts';
export type { LoggedEvent } from './tdx/event-log/event-log.ts';
export { replayEventLog } from './tdx/event-log/replay-event-log.ts';
export { reportDataOf } from './runtime-data/report-data.ts';
export { sevSnpVerifier } from './sev-snp/sev-snp-verifier.ts';
export { sgxVerifier } from './sgx/sgx-verifier.ts';
export { softwareVerifier } from './software/software-verifier.ts';
export { tdxVerifier } from './tdx/tdx-verifier.ts';
export { vendorAnchors } from './vendor-anchors.ts';
export {
  noEndorsements,
  type Anchor,
  type EndorsementQuery,
  type Endorsements,
  type TrustAnchors,
  type VerificationContext,
  type Verifier,
} from './verifier.ts';
export type { PassedStep } from './steps.ts';
export { toEarJwt, type EarOptions } from './results/to-ear-jwt.ts';
export {
  ATTESTATION_RESULT_TYPES,
  toTypedResult,
  type TypedAttestationResult,
  type TypedResultOptions,
} from './results/to-typed-result.ts';
export type { TrustTier, TrustVector } from './appraisal/trust-vector.ts';
export { verifyEvidence, verifyEvidenceBody } from './verify-evidence.ts';
