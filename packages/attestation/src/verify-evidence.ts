import type { Claims } from './claims.ts';
import { attestationError } from './errors.ts';
import type { Evidence, TeeKind } from './evidence.ts';
import { softwareVerifier } from './software/software-verifier.ts';
import type { VerificationContext, Verifier } from './verifier.ts';

const VERIFIERS: Readonly<Partial<Record<TeeKind, Verifier>>> = { software: softwareVerifier };

/**
 * The claims of evidence of any supported kind, after every signature, hash and date in it has been checked against the
 * pinned roots at the given time. What the claims are worth is for {@link appraise} to say.
 *
 * @throws `attestation.unsupportedKind`, and the codes of the kind's verifier
 */
export async function verifyEvidence(evidence: Evidence, context: VerificationContext): Promise<Claims> {
  const verifier = Object.hasOwn(VERIFIERS, evidence.kind) ? VERIFIERS[evidence.kind] : undefined;
  if (verifier === undefined) {
    throw attestationError({
      code: 'attestation.unsupportedKind',
      message: `There is no verifier for evidence of kind "${String(evidence.kind).slice(0, 40)}".`,
      hint: 'This release verifies software enclaves only; a later version verifies TDX, SGX, SEV-SNP and Nitro.',
    });
  }
  return verifier.verify(evidence, context);
}
