import {
  appraise,
  noEndorsements,
  verifyEvidence,
  type AppraisalPolicy,
  type Challenge,
  type Evidence,
  type SecurityLevel,
  type TrustAnchors,
} from '@encryptech/attestation';
import { isEncryptechError, type Hex } from '@encryptech/base';
import type { ReleasePolicy } from '@encryptech/protocol';
import { denial, type Denial } from './denial.ts';

/** What the evidence is worth: keys to seal to, or reasons. */
export type EvidenceVerdict =
  | { readonly allowed: true; readonly evidenceId: Hex; readonly level: SecurityLevel; readonly hpkePublicKey: Hex }
  | { readonly allowed: false; readonly evidenceId: Hex | null; readonly denials: readonly Denial[] };

export interface JudgeEvidenceOptions {
  evidence: Evidence;
  challenge: Challenge;
  policy: ReleasePolicy;
  /** The highest of what policy, dataset and order ask for. */
  minLevel: number;
  anchors: TrustAnchors;
  now: Date;
}

/** Verifies evidence against the pinned roots, then appraises it under the dataset's policy for the challenge that it answers. */
export async function judgeEvidence(options: JudgeEvidenceOptions): Promise<EvidenceVerdict> {
  const { evidence, challenge, anchors, now } = options;
  let claims;
  try {
    claims = await verifyEvidence(evidence, { now, anchors, endorsements: noEndorsements });
  } catch (error) {
    const detail = isEncryptechError(error) ? `(${error.code})` : undefined;
    return { allowed: false, evidenceId: null, denials: [denial('evidence.unverified', detail)] };
  }
  const result = appraise(claims, appraisalPolicyOf(options), challenge, now);
  if (result.decision === 'allow') {
    const { evidenceId, level, keys } = result;
    return { allowed: true, evidenceId, level, hpkePublicKey: keys.hpkePublicKey };
  }
  return {
    allowed: false,
    evidenceId: claims.evidenceId,
    denials: result.reasons.map((code) => denial(`evidence:${code}`)),
  };
}

/** The appraisal policy that a release policy stands for. Where it says nothing, the strict reading holds. */
export function appraisalPolicyOf({
  policy,
  minLevel,
  anchors,
}: Pick<JudgeEvidenceOptions, 'policy' | 'minLevel' | 'anchors'>): AppraisalPolicy {
  return {
    version: 1,
    kinds: ['tdx', 'sgx', 'sev-snp', 'nitro', 'software'],
    measurements: policy.measurements,
    minLevel: minLevel as SecurityLevel,
    acceptedAdvisories: [],
    tcbGraceSec: 0,
    minEvaluationNumber: 0,
    collateralSoftAgeSec: 30 * 86_400,
    deniedDevices: [],
    registeredDevices: [],
    reproducibleMeasurements: [],
    // Only a network file that names a development root makes this true; production ones can't.
    ...(anchors.development.length > 0 ? { insecureAllowDevelopment: true } : {}),
  };
}
