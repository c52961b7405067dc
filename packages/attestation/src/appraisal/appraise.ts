import { toHex, type Hex } from '@encryptech/base';
import type { Challenge } from '../challenge.ts';
import { TCB_STATUSES, type Claims } from '../claims.ts';
import type { TeeKind } from '../evidence.ts';
import { appraisalPolicyDigest } from '../policy/appraisal-policy-digest.ts';
import type { AppraisalPolicy } from '../policy/appraisal-policy.ts';
import { parseAppraisalPolicy } from '../policy/parse-appraisal-policy.ts';
import { encodeRuntimeData } from '../runtime-data/encode-runtime-data.ts';
import { reportDataOf } from '../runtime-data/report-data.ts';
import type { AttestationResult } from './attestation-result.ts';
import { REASONS, type ReasonCode } from './reasons.ts';
import { securityLevel } from './security-level.ts';

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
    return appraiseChecked(claims, parseAppraisalPolicy(policy), challenge, now);
  } catch {
    // Input that isn't of its declared type, from JavaScript or from a hand-made cast.
    const id: unknown = (claims as Partial<Claims> | null | undefined)?.evidenceId;
    return {
      version: 1,
      decision: 'deny',
      level: 0,
      reasons: ['malformed-input'],
      evidenceId: isDigest(id) ? id : '0x',
      policyDigest: digestIfPolicy(policy),
    };
  }
}

function appraiseChecked(claims: Claims, policy: AppraisalPolicy, challenge: Challenge, now: Date): AttestationResult {
  if (!isDigest(claims.evidenceId)) throw new TypeError('The claims have no evidence id.');
  const found = new Set<ReasonCode>([
    ...bindingReasons(claims, challenge),
    ...timeReasons(claims, challenge, now),
    ...contraindications(claims, policy, now),
    ...policyReasons(claims, policy),
  ]);
  const refused = found.size > 0;
  const { level, limits } = refused ? levelOfRefused(claims) : securityLevel(claims, policy, now);
  for (const limit of limits) found.add(limit);
  if (!refused && level < policy.minLevel) found.add('level-too-low');
  const reasons = (Object.keys(REASONS) as ReasonCode[]).filter((code) => found.has(code));
  const facts = {
    version: 1,
    level,
    reasons,
    evidenceId: claims.evidenceId,
    policyDigest: appraisalPolicyDigest(policy),
  } as const;
  if (reasons.some((code) => REASONS[code].effect === 'deny')) return { ...facts, decision: 'deny' };
  const { hpkePublicKey, signer } = claims.runtimeData;
  const expiresAt = new Date(Math.min(claims.validity.notAfter.getTime(), challenge.expiresAt.getTime()));
  return { ...facts, decision: 'allow', keys: { hpkePublicKey, signer }, expiresAt };
}

/** Refused evidence has no valid result, and so level 0; a development root is named all the same. */
function levelOfRefused(claims: Claims): ReturnType<typeof securityLevel> {
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
  if (challenge.signer !== undefined && !sameHex(runtimeData.signer, challenge.signer)) reasons.push('signer-mismatch');
  return reasons;
}

// Each comparison is written so that an invalid date refuses.
function timeReasons({ validity }: Claims, challenge: Challenge, now: Date): ReasonCode[] {
  const reasons: ReasonCode[] = [];
  const time = now.getTime();
  if (!(challenge.issuedAt.getTime() <= time)) reasons.push('challenge-not-yet-valid');
  if (!(time <= challenge.expiresAt.getTime())) reasons.push('challenge-expired');
  if (!(validity.notBefore.getTime() <= time)) reasons.push('evidence-not-yet-valid');
  if (!(time <= validity.notAfter.getTime())) reasons.push('evidence-expired');
  return reasons;
}

function contraindications({ kind, debug, flags, tcb }: Claims, policy: AppraisalPolicy, now: Date): ReasonCode[] {
  const reasons: ReasonCode[] = [];
  if (debug !== false) reasons.push('debug');
  if (kind === 'sgx' && (flags['provisionKey'] !== false || flags['einitTokenKey'] !== false))
    reasons.push('privileged-attributes');
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
function policyReasons(claims: Claims, policy: AppraisalPolicy): ReasonCode[] {
  const { kind, anchor, measurement, flags, tcb, deviceIdHash } = claims;
  const isTd = kind === 'tdx' || kind === 'software';
  const reasons: ReasonCode[] = [];
  if (!policy.kinds.includes(kind)) reasons.push('kind-not-allowed');
  if (anchor !== 'vendor' && policy.insecureAllowDevelopment !== true) reasons.push('development-not-allowed');
  if (!policy.measurements.includes(measurement)) reasons.push('measurement-not-allowed');
  if (deviceIdHash === undefined ? policy.deniedDevices.length > 0 : policy.deniedDevices.includes(deviceIdHash))
    reasons.push('device-denied');
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
