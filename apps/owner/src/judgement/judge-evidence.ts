import {
  appraise,
  noEndorsements,
  verifyEvidence,
  type AppraisalPolicy,
  type Challenge,
  type Endorsements,
  type Evidence,
  type SecurityLevel,
  type TrustAnchors,
} from '@encryptech/attestation';
import { digestOf, fromHex, isEncryptechError, type Address, type Hex } from '@encryptech/base';
import type { ReleasePolicy } from '@encryptech/protocol';
import { denial, type Denial } from './denial.ts';

/** An enclave by what the chain's deny-lists know it by. */
export interface EnclaveIdentity {
  /** SHA-256 of the measurement's bytes. */
  readonly measurement: Hex;
  /** Hashed identifier of the machine; 32 zero bytes where the evidence names none. */
  readonly device: Hex;
}

/** What the evidence is worth: keys to seal to, or reasons. */
export type EvidenceVerdict =
  | {
      readonly allowed: true;
      readonly evidenceId: Hex;
      readonly level: SecurityLevel;
      readonly hpkePublicKey: Hex;
      /** The key that the enclave signs with. */
      readonly signer: Address;
      readonly enclave: EnclaveIdentity;
    }
  | { readonly allowed: false; readonly evidenceId: Hex | null; readonly denials: readonly Denial[] };

export interface JudgeEvidenceOptions {
  evidence: Evidence;
  challenge: Challenge;
  policy: ReleasePolicy;
  /** The highest of what policy, dataset and order ask for. */
  minLevel: number;
  anchors: TrustAnchors;
  /** Vendors' documents; none are needed for software enclaves. */
  endorsements?: Endorsements;
  now: Date;
}

const NO_DEVICE: Hex = `0x${'00'.repeat(32)}`;

/** Verifies evidence against the pinned roots, then appraises it under the dataset's policy for the challenge that it answers. */
export async function judgeEvidence(options: JudgeEvidenceOptions): Promise<EvidenceVerdict> {
  const { evidence, challenge, anchors, endorsements = noEndorsements, now } = options;
  let claims;
  try {
    claims = await verifyEvidence(evidence, { now, anchors, endorsements });
  } catch (error) {
    const detail = isEncryptechError(error) ? `(${error.code})` : undefined;
    return { allowed: false, evidenceId: null, denials: [denial('evidence.unverified', detail)] };
  }
  const result = appraise(claims, appraisalPolicyOf(options), challenge, now);
  if (result.decision === 'allow') {
    const { evidenceId, level, keys } = result;
    const enclave = {
      measurement: digestOf(fromHex(claims.measurement)),
      device: claims.deviceIdHash ?? NO_DEVICE,
    };
    return { allowed: true, evidenceId, level, hpkePublicKey: keys.hpkePublicKey, signer: keys.signer, enclave };
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
