import { describeReason } from '@encryptech/attestation';
import type { Json } from '@encryptech/base';
import type { FileVerdict } from './verify-file.ts';

/** Failures that say: some signature, root or hash in the evidence is wrong; others leave the question open. */
const INVALID = [
  'attestation.badSignature',
  'attestation.untrustedRoot',
  'attestation.bindingMismatch',
  'attestation.endorsementMismatch',
  'attestation.revoked',
  'attestation.badCertificate',
];

/** What `attest verify --json` prints: one flat object, the same members whatever the kind; unknown is null. */
export function verdictJson(kind: string, result: FileVerdict, now: Date): Json {
  if (!result.verified) {
    const { code, message, place, hint, data } = result.error;
    return {
      ok: false,
      kind,
      at: now.toISOString(),
      signatures: INVALID.includes(code) ? 'invalid' : 'unknown',
      tcbStatus: null,
      debug: null,
      revocation: code === 'attestation.revoked' ? 'revoked' : null,
      level: 0,
      decision: 'deny',
      reasons: [code],
      failed: { step: data['step'] ?? null, code, message, place: place ?? null, hint: hint ?? null },
    } as Json;
  }
  const { claims, verdict, assumed } = result;
  const { tcb, validity } = claims;
  return {
    ok: verdict.decision === 'allow',
    kind: claims.kind,
    at: now.toISOString(),
    signatures: 'valid',
    // Intel's own word for a platform below every level.
    tcbStatus: tcb.status === 'NotSupported' ? 'TCB_NOT_SUPPORTED' : tcb.status,
    tcbDate: tcb.date?.toISOString() ?? null,
    advisories: [...tcb.advisories],
    evaluationNumber: tcb.evaluationNumber ?? null,
    debug: claims.debug,
    revocation: claims.revocation,
    level: verdict.level,
    decision: verdict.decision,
    reasons: [...verdict.reasons],
    words: verdict.reasons.map(describeReason),
    status: verdict.status,
    vector: { ...verdict.vector },
    policyDigest: verdict.policyDigest,
    policy: assumed ? 'strict, with this measurement taken as allowed' : 'given',
    anchor: claims.anchor,
    product: claims.product,
    measurement: claims.measurement,
    measurements: { ...claims.measurements },
    reportData: claims.reportData,
    flags: { ...claims.flags },
    deviceIdHash: claims.deviceIdHash ?? null,
    evidenceId: claims.evidenceId,
    validFrom: validity.notBefore.toISOString(),
    validUntil: validity.notAfter.toISOString(),
    snp: claims.snp === undefined ? null : { ...plain(claims.snp), policy: `0x${claims.snp.policy.toString(16)}` },
    nitro: claims.nitro === undefined ? null : plain(claims.nitro),
    intel: claims.intel === undefined ? null : plain(claims.intel),
    steps: claims.steps.map((step) => ({ ...step })),
  } as Json;
}

/** Dates as ISO text, everything else as it is; big integers are for the caller to write. */
const plain = (value: object): Record<string, Json> =>
  JSON.parse(
    JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? member.toString() : member)),
  ) as Record<string, Json>;
