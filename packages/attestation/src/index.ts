export { appraisalPolicyDigest } from './policy/appraisal-policy-digest.ts';
export type { AppraisalPolicy, SecurityLevel } from './policy/appraisal-policy.ts';
export { appraise } from './appraisal/appraise.ts';
export { assertProduction } from './assert-production.ts';
export type { AttestationResult, EnclaveKeys } from './appraisal/attestation-result.ts';
export type { Challenge } from './challenge.ts';
export type { Claims, EvidenceClaims, NitroFacts, SnpFacts, SnpTcb, TcbStatus } from './claims.ts';
export { createDevelopmentPki, type DevelopmentPki, type SoftwarePlatform } from './software/development-pki.ts';
export { createSoftwareAttester, type SoftwareAttesterOptions } from './software/software-attester.ts';
export { decodeEvidence, encodeEvidence } from './evidence-file.ts';
export { decodeRuntimeData } from './runtime-data/decode-runtime-data.ts';
export { describeReason, REASONS, type ReasonCode } from './appraisal/reasons.ts';
export { encodeRuntimeData } from './runtime-data/encode-runtime-data.ts';
export type { AttestationErrorCode } from './errors.ts';
export { TEE_KINDS, type Attester, type Evidence, type TeeKind } from './evidence.ts';
export { parseAppraisalPolicy } from './policy/parse-appraisal-policy.ts';
export type { Audience, Purpose, RuntimeData } from './runtime-data/runtime-data.ts';
export { reportDataOf } from './runtime-data/report-data.ts';
export { softwareVerifier } from './software/software-verifier.ts';
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
export { verifyEvidence, verifyEvidenceBody } from './verify-evidence.ts';
