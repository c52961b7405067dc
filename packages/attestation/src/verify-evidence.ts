import type { Claims, EvidenceClaims } from './claims.ts';
import { attestationError } from './errors.ts';
import type { Evidence, TeeKind } from './evidence.ts';
import { requireBound } from './runtime-data/require-bound.ts';
import { nitroVerifier } from './nitro/nitro-verifier.ts';
import { sevSnpVerifier } from './sev-snp/sev-snp-verifier.ts';
import { softwareVerifier } from './software/software-verifier.ts';
import { sgxVerifier } from './sgx/sgx-verifier.ts';
import { createSteps } from './steps.ts';
import { replayEventLog } from './tdx/event-log/replay-event-log.ts';
import { tdxVerifier } from './tdx/tdx-verifier.ts';
import type { VerificationContext, Verifier } from './verifier.ts';

const VERIFIERS: Readonly<Partial<Record<TeeKind, Verifier>>> = {
  software: softwareVerifier,
  tdx: tdxVerifier,
  sgx: sgxVerifier,
  'sev-snp': sevSnpVerifier,
  nitro: nitroVerifier,
};

/**
 * The claims of evidence of any supported kind, after every signature, hash and date in it has been checked against the
 * pinned roots at the given time, and its report data against the runtime data. What the claims are worth is for
 * {@link appraise} to say.
 *
 * @throws `attestation.unsupportedKind`, `attestation.badRuntimeData`, `attestation.bindingMismatch`, and the codes of the
 * kind's verifier; the failed step is in `data.step`
 */
export async function verifyEvidence(evidence: Evidence, context: VerificationContext): Promise<Claims> {
  const claims = await verifyEvidenceBody(evidence, context);
  const steps = createSteps();
  const runtimeData = steps.run(
    'runtime-data',
    'packages/attestation, RuntimeData v1',
    'The report data is the hash of the runtime data: purpose, audience, nonce, job and keys are bound.',
    () => requireBound(claims, evidence.runtimeData),
  );
  return { ...claims, runtimeData, steps: [...claims.steps, ...steps.passed] };
}

/**
 * The claims of a quote, report or document alone: what {@link verifyEvidence} checks, without runtime data. For people
 * who look at evidence that other protocols made; never enough to release a key.
 *
 * @throws `attestation.unsupportedKind`, and the codes of the kind's verifier; the failed step is in `data.step`
 */
export async function verifyEvidenceBody(
  evidence: Pick<Evidence, 'kind' | 'body' | 'certificates' | 'eventLog'>,
  context: VerificationContext,
): Promise<EvidenceClaims> {
  const verifier = Object.hasOwn(VERIFIERS, evidence.kind) ? VERIFIERS[evidence.kind] : undefined;
  if (verifier === undefined) {
    throw attestationError({
      code: 'attestation.unsupportedKind',
      message: `There is no verifier for evidence of kind "${String(evidence.kind).slice(0, 40)}".`,
      hint: `Kinds that are verified: ${Object.keys(VERIFIERS).join(', ')}.`,
    });
  }
  const claims = await verifier.verify(evidence, context);
  return evidence.eventLog === undefined ? claims : withEvents(claims, evidence.eventLog);
}

/** The claims with the events of a log, once it is the one that the registers were measured from. */
function withEvents(claims: EvidenceClaims, log: Uint8Array): EvidenceClaims {
  const steps = createSteps();
  const events = steps.run(
    'event-log',
    'Intel TDX Module Base Architecture Specification, TDG.MR.RTMR.EXTEND',
    (found) => `The event log replays into RTMR0 to RTMR3: ${found.length} events.`,
    () => replayEventLog(log, claims),
  );
  return { ...claims, events, steps: [...claims.steps, ...steps.passed] };
}
