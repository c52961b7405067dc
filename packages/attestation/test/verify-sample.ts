import { appraiseEvidence } from '../src/appraisal/appraise.ts';
import type { EvidenceVerdict } from '../src/appraisal/attestation-result.ts';
import type { EvidenceClaims } from '../src/claims.ts';
import { createEndorsementStore } from '../src/endorsements/create-endorsement-store.ts';
import type { AppraisalPolicy } from '../src/policy/appraisal-policy.ts';
import { strictAppraisalPolicy } from '../src/policy/strict-appraisal-policy.ts';
import { vendorAnchors } from '../src/vendor-anchors.ts';
import type { VerificationContext, Verifier } from '../src/verifier.ts';
import { teeSample, type TeeSampleCase } from './tee-samples.ts';

/** Inside the validity of every genuine SEV-SNP certificate that the samples have. */
export const SNP_TIME = '2025-06-01T00:00:00Z';

export const contextOf = (
  { collateral, evaluateAt }: Pick<TeeSampleCase, 'collateral' | 'evaluateAt'>,
  change: Partial<VerificationContext> = {},
): VerificationContext => ({
  now: new Date(evaluateAt ?? SNP_TIME),
  anchors: { vendor: vendorAnchors, development: [] },
  endorsements: createEndorsementStore(
    collateral.filter((path) => !path.includes('bound-certificate')).map((path) => teeSample(path)),
  ),
  ...change,
});

/** What a sample's case ends in: claims, and the verdict under the strict policy that lists its measurement. */
export async function verifySample(
  verifier: Verifier,
  sample: TeeSampleCase,
  policy: Partial<AppraisalPolicy> = {},
): Promise<{ claims: EvidenceClaims; verdict: EvidenceVerdict }> {
  const context = contextOf(sample);
  const claims = await verifier.verify({ body: teeSample(sample.evidence) }, context);
  const strict = strictAppraisalPolicy([claims.kind], [claims.measurement]);
  return { claims, verdict: appraiseEvidence(claims, { ...strict, ...policy }, context.now) };
}
