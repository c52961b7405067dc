import {
  appraiseEvidence,
  strictAppraisalPolicy,
  vendorAnchors,
  verifyEvidence,
  verifyEvidenceBody,
  type Anchor,
  type AppraisalPolicy,
  type Endorsements,
  type EvidenceClaims,
  type EvidenceVerdict,
  type FoundEvidence,
  type VerificationContext,
} from '@encryptech/attestation';
import { isEncryptechError, type EncryptechError } from '@encryptech/base';

/** What `attest verify` found: claims and a verdict, or the check that failed. */
export type FileVerdict =
  | {
      readonly verified: true;
      readonly claims: EvidenceClaims;
      readonly verdict: EvidenceVerdict;
      /** True where the verdict is under the built-in strict policy, with the measurement found taken as allowed. */
      readonly assumed: boolean;
    }
  | { readonly verified: false; readonly error: EncryptechError };

export interface VerifyFileOptions {
  readonly evidence: FoundEvidence;
  readonly endorsements: Endorsements;
  readonly development: readonly Anchor[];
  readonly policy: AppraisalPolicy | undefined;
  readonly now: Date;
}

/** Verifies evidence and judges it alone; with runtime data in it, the binding is verified too. Refusals are values. */
export async function verifyFile(options: VerifyFileOptions): Promise<FileVerdict> {
  const { evidence, endorsements, development, policy, now } = options;
  const context: VerificationContext = { now, endorsements, anchors: { vendor: vendorAnchors, development } };
  try {
    const claims =
      evidence.runtimeData === undefined
        ? await verifyEvidenceBody(evidence, context)
        : await verifyEvidence({ ...evidence, runtimeData: evidence.runtimeData }, context);
    const verdict = appraiseEvidence(claims, policy ?? strictAppraisalPolicy([claims.kind], [claims.measurement]), now);
    return { verified: true, claims, verdict, assumed: policy === undefined };
  } catch (error) {
    if (!isEncryptechError(error) || !error.code.startsWith('attestation.')) throw error;
    return { verified: false, error };
  }
}
