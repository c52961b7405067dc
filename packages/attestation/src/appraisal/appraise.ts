import { toHex, type Hex } from '@encryptech/base';
import type { Challenge } from '../challenge.ts';
import { TCB_STATUSES, type Claims, type EvidenceClaims } from '../claims.ts';
import type { TeeKind } from '../evidence.ts';
import { appraisalPolicyDigest } from '../policy/appraisal-policy-digest.ts';
import type { AppraisalPolicy } from '../policy/appraisal-policy.ts';
import { parseAppraisalPolicy } from '../policy/parse-appraisal-policy.ts';
import { encodeRuntimeData } from '../runtime-data/encode-runtime-data.ts';
import { reportDataOf } from '../runtime-data/report-data.ts';
import type { AttestationResult, EvidenceVerdict } from './attestation-result.ts';
import { REASONS, type ReasonCode } from './reasons.ts';
import { securityLevel } from './security-level.ts';
import { trustTier, trustVector } from './trust-vector.ts';

/**
 * The verdict on verified claims under a policy, for the challenge that they should answer, at a time. Pure and total: the
 * same input gives the same result, and input of any shape gives one; what can't be judged is denied.
 *
 * Debug enclaves, broken bindings and revoked platforms are refused whatever the policy says, and have level 0. That a
 * nonce is used once is for the caller to see to.
 *
 * @example
 * const result = appraise(await verifyEvidence(evidence, context), policy, challenge, now);
 * if (result.decision === 'allow') await sealEnvelope({ recipient: fromHex(result.keys.hpkePublicKey), … });
 */
export function appraise(claims: Claims, policy: AppraisalPolicy, challenge: Challenge, now: Date): AttestationResult {
  try {
    const checked = parseAppraisalPolicy(policy);
    const asked = [...bindingReasons(claims, challenge), ...challengeTimeReasons(challenge, now)];
    const verdict = judge(claims, checked, now, asked);
    if (verdict.decision === 'deny') return { ...verdict, decision: 'deny' };
    const { hpkePublicKey, signer } = claims.runtimeData;
    const expiresAt = new Date(Math.min(claims.validity.notAfter.getTime(), challenge.expiresAt.getTime()));
    return { ...verdict, decision: 'allow', keys: { hpkePublicKey, signer }, expiresAt };
  } catch {
    return { ...malformed(claims, policy), decision: 'deny' };
  }
}

/**
 * The verdict on a quote, report or document alone: what {@link appraise} says of it apart from challenge and runtime data.
 * Pure and total too. For people who look at evidence; a key is never released on it.
 */
export function appraiseEvidence(claims: EvidenceClaims, policy: AppraisalPolicy, now: Date): EvidenceVerdict {
  try {
    return judge(claims, parseAppraisalPolicy(policy), now, unboundReasons(claims));
  } catch {
    return malformed(claims, policy);
  }
}

function judge(
  claims: EvidenceClaims,
  policy: AppraisalPolicy,
  now: Date,
  before: readonly ReasonCode[],
): EvidenceVerdict {
  if (!isDigest(claims.evidenceId)) throw new TypeError('The claims have no evidence id.');
  const found = new Set<ReasonCode>([
    ...before,
    ...validityReasons(claims, now),
    ...contraindications(claims, policy, now),
    ...policyReasons(claims, policy),
  ]);
  const refused = found.size > 0;
  const { level, limits } = refused ? levelOfRefused(claims) : securityLevel(claims, policy, now);
  for (const limit of limits) found.add(limit);
  if (!refused && level < policy.minLevel) found.add('level-too-low');
  const reasons = (Object.keys(REASONS) as ReasonCode[]).filter((code) => found.has(code));
  const decision = reasons.some((code) => REASONS[code].effect === 'deny') ? 'deny' : 'allow';
  return {
    version: 1,
    decision,
    level,
    reasons,
    status: trustTier(decision, reasons),
    vector: trustVector(reasons),
    evidenceId: claims.evidenceId,
    policyDigest: appraisalPolicyDigest(policy),
  };
}

/** Input that isn't of its declared type, from JavaScript or from a hand-made cast. */
function malformed(claims: unknown, policy: unknown): EvidenceVerdict {
  const id: unknown = (claims as Partial<Claims> | null | undefined)?.evidenceId;
  const reasons = ['malformed-input'] as const;
  return {
    version: 1,
    decision: 'deny',
    level: 0,
    reasons,
    status: trustTier('deny', reasons),
    vector: trustVector(reasons),
    evidenceId: isDigest(id) ? id : '0x',
    policyDigest: digestIfPolicy(policy),
  };
}

/** Refused evidence has no valid result, and so level 0; a development root is named all the same. */
function levelOfRefused(claims: EvidenceClaims): ReturnType<typeof securityLevel> {
  return { level: 0, limits: claims.anchor === 'development' ? ['development-anchor'] : [] };
}

function bindingReasons({ reportData, runtimeData }: Claims, challenge: Challenge): ReasonCode[] {
  const reasons: ReasonCode[] = [];
  if (reportData !== toHex(reportDataOf(encodeRuntimeData(runtimeData)))) reasons.push('binding-mismatch');
  if (runtimeData.purpose !== challenge.purpose) reasons.push('purpose-mismatch');
  const [mine, theirs] = [challenge.audience, runtimeData.audience];
  if (!sameHex(theirs.owner, mine.owner) || !sameHex(theirs.contract, mine.contract) || theirs.chainId !== mine.chainId)
    reasons.push('audience-mismatch');
  if (!sameHex(runtimeData.nonce, challenge.nonce)) reasons.push('nonce-mismatch');
  if (!sameHex(runtimeData.job, challenge.job)) reasons.push('job-mismatch');
  if (runtimeData.attempt !== challenge.attempt) reasons.push('attempt-mismatch');
  if (!sameHex(runtimeData.dataset, challenge.dataset)) reasons.push('dataset-mismatch');
  if (!sameHex(runtimeData.configuration, challenge.configuration)) reasons.push('configuration-mismatch');
  // Whoever carries the messages can't put a weaker key in the place of the one that was asked for.
  if (runtimeData.kem !== challenge.kem) reasons.push('kem-mismatch');
  if (challenge.signer !== undefined && !sameHex(runtimeData.signer, challenge.signer)) reasons.push('signer-mismatch');
  return reasons;
}

// Each comparison is written so that an invalid date refuses.
function challengeTimeReasons({ issuedAt, expiresAt }: Challenge, now: Date): ReasonCode[] {
  const reasons: ReasonCode[] = [];
  if (!(issuedAt.getTime() <= now.getTime())) reasons.push('challenge-not-yet-valid');
  if (!(now.getTime() <= expiresAt.getTime())) reasons.push('challenge-expired');
  return reasons;
}

function validityReasons({ validity }: EvidenceClaims, now: Date): ReasonCode[] {
  const reasons: ReasonCode[] = [];
  if (!(validity.notBefore.getTime() <= now.getTime())) reasons.push('evidence-not-yet-valid');
  if (!(now.getTime() <= validity.notAfter.getTime())) reasons.push('evidence-expired');
  return reasons;
}

/** A Nitro document that was made for nobody can be shown by anybody; other kinds have no such place of their own. */
function unboundReasons({ kind, nitro, reportData }: EvidenceClaims): ReasonCode[] {
  const isBound = nitro?.nonce !== undefined || nitro?.publicKey !== undefined || /[1-9a-f]/.test(reportData.slice(2));
  return kind === 'nitro' && !isBound ? ['nothing-bound'] : [];
}

function contraindications(
  { kind, debug, flags, tcb }: EvidenceClaims,
  policy: AppraisalPolicy,
  now: Date,
): ReasonCode[] {
  const reasons: ReasonCode[] = [];
  if (debug !== false) reasons.push('debug');
  if (kind === 'sgx' && (flags['provisionKey'] !== false || flags['einitTokenKey'] !== false))
    reasons.push('privileged-attributes');
  if (kind === 'sev-snp') {
    if (flags['migrationAgent'] !== false) reasons.push('migration-agent');
    if (flags['smtAllowed'] !== true && flags['smtEnabled'] !== false) reasons.push('smt-mismatch');
    if (flags['maskedChipKey'] !== false) reasons.push('masked-chip-key');
  }
  if (tcb.status === 'Revoked') reasons.push('tcb-revoked');
  // Only vendors without a status may have none; a word that isn't known is no better.
  if (tcb.status === 'NotSupported' || !TCB_STATUSES.includes(tcb.status) || (isIntel(kind) && tcb.status === 'none'))
    reasons.push('tcb-not-supported');
  if (tcb.status === 'OutOfDate' || tcb.status === 'OutOfDateConfigurationNeeded') {
    const sinceMs = now.getTime() - (tcb.outOfDateSince ?? new Date(Number.NaN)).getTime();
    if (!(sinceMs <= policy.tcbGraceSec * 1_000)) reasons.push('tcb-out-of-date');
  }
  return reasons;
}

// A flag or number that its kind of evidence always has must be there: one that a verifier forgot refuses.
function policyReasons(claims: EvidenceClaims, policy: AppraisalPolicy): ReasonCode[] {
  const { kind, anchor, measurement, flags, tcb, deviceIdHash } = claims;
  const isTd = kind === 'tdx' || kind === 'software';
  const reasons: ReasonCode[] = [];
  if (!policy.kinds.includes(kind)) reasons.push('kind-not-allowed');
  if (anchor !== 'vendor' && policy.insecureAllowDevelopment !== true) reasons.push('development-not-allowed');
  if (!policy.measurements.includes(measurement)) reasons.push('measurement-not-allowed');
  if (deviceIdHash === undefined && policy.deniedDevices.length > 0) reasons.push('device-unknown');
  if (deviceIdHash !== undefined && policy.deniedDevices.includes(deviceIdHash)) reasons.push('device-denied');
  if (kind === 'sev-snp' && claims.snp?.vmpl !== 0 && policy.insecureAllowVmpl !== true) reasons.push('vmpl');
  if (isTd && flags['serviceTd'] !== false && policy.insecureAllowServiceTd !== true) reasons.push('service-td');
  if (isTd && flags['septVeDisable'] !== true && policy.insecureAllowSeptVe !== true) reasons.push('sept-ve-enabled');
  if (isIntel(kind) && !((tcb.evaluationNumber ?? Number.NaN) >= policy.minEvaluationNumber))
    reasons.push('evaluation-number-too-low');
  return reasons;
}

const isIntel = (kind: TeeKind): boolean => kind === 'tdx' || kind === 'sgx';

const isDigest = (value: unknown): value is Hex => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value);

function sameHex(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function digestIfPolicy(policy: unknown): Hex {
  try {
    return appraisalPolicyDigest(parseAppraisalPolicy(policy));
  } catch {
    return '0x';
  }
}
