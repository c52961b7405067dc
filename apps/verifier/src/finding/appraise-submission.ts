import {
  appraise,
  type AppraisalPolicy,
  type Claims,
  type Endorsements,
  type Evidence,
  type ReasonCode,
  type TrustAnchors,
  type VerificationContext,
} from '@encryptech/attestation';
import { digestOf, fromHex, type Address, type Hex } from '@encryptech/base';
import type { AttestationFinding } from '@encryptech/chain';
import type { Submission } from '@encryptech/protocol';
import { verifierError } from '../errors.ts';
import { evidenceOf } from './submission.ts';

/** How long a finding counts at most, by its level: the more it says, the longer, within the contract's 30 days. */
export const VALIDITY_SEC: readonly number[] = [86_400, 86_400, 3 * 86_400, 7 * 86_400];
const ZERO: Hex = `0x${'00'.repeat(32)}`;

export interface AppraisalContext {
  readonly verify: (evidence: Evidence, context: VerificationContext) => Promise<Claims>;
  readonly anchors: TrustAnchors;
  readonly endorsements: Endorsements;
  readonly policy: AppraisalPolicy;
  readonly chain: { readonly chainId: number; readonly attestations: Address };
}

export interface Appraised {
  readonly finding: AttestationFinding;
  readonly reasons: readonly ReasonCode[];
  /** False when the evidence answers another question: then it says nothing about the subject, not even level 0. */
  readonly isBound: boolean;
}

/** Reasons by which evidence is about something else. */
const ELSEWHERE: readonly ReasonCode[] = [
  ...(['malformed-input', 'binding-mismatch', 'purpose-mismatch', 'audience-mismatch', 'nonce-mismatch'] as const),
  ...(['job-mismatch', 'attempt-mismatch', 'dataset-mismatch', 'configuration-mismatch'] as const),
];

/**
 * What this evidence is worth at that second: a pure function of evidence, vendors' documents, roots, policy and time, so
 * that every verifier with the same ones finds the same. Software evidence finds level 0, always.
 *
 * @throws `verifier.unverified`: nothing can be said about bytes that do not verify
 */
export async function appraiseSubmission(
  submission: Submission,
  nonce: Hex,
  issuedAt: number,
  { verify, anchors, endorsements, policy, chain }: AppraisalContext,
): Promise<Appraised> {
  const now = new Date(issuedAt * 1000);
  const claims = await verify(evidenceOf(submission), { now, anchors, endorsements }).catch((cause: unknown) => {
    throw verifierError({ code: 'verifier.unverified', message: 'The evidence does not verify.', cause });
  });
  const result = appraise(
    claims,
    policy,
    {
      purpose: 'register',
      audience: { owner: submission.subject, chainId: chain.chainId, contract: chain.attestations },
      ...{ nonce, job: ZERO, attempt: 0, dataset: ZERO, configuration: ZERO },
      // The nonce's own age is the caller's to judge: here the challenge is open.
      ...{ issuedAt: new Date(0), expiresAt: now },
    },
    now,
  );
  const device = claims.deviceIdHash ?? ZERO;
  // A machine without a name can't be told from another one: the chain keeps one active device a policy.
  const level = result.decision === 'allow' && device !== ZERO ? result.level : 0;
  const end = Math.floor(claims.validity.notAfter.getTime() / 1000);
  return {
    reasons: result.reasons,
    isBound: !result.reasons.some((reason) => ELSEWHERE.includes(reason)),
    finding: {
      ...{ subject: submission.subject, level, evidenceId: claims.evidenceId, policyDigest: result.policyDigest },
      ...{ measurement: digestOf(fromHex(claims.measurement)), device, issuedAt: BigInt(issuedAt) },
      expiresAt: BigInt(Math.min(issuedAt + VALIDITY_SEC[level]!, end)),
    },
  };
}
