import { SignJWT, type CryptoKey, type JWK, type KeyObject } from 'jose';
import type { EvidenceVerdict } from '../appraisal/attestation-result.ts';
import type { EvidenceClaims } from '../claims.ts';
import { attestationError } from '../errors.ts';
import { resultExpiry } from './result-expiry.ts';

/** The profile of draft-ietf-rats-ear-04, section 3. */
const EAR_PROFILE = 'tag:ietf.org,2026:rats/ear#04';

export interface EarOptions {
  readonly claims: EvidenceClaims;
  readonly verdict: EvidenceVerdict;
  /** When the appraisal was made. */
  readonly now: Date;
  /** Who appraised: an organisation's URI and the build that it ran. */
  readonly verifier: { readonly developer: string; readonly build: string };
  /** The relying party's nonce, where the result answers a challenge: 8 to 88 characters (RFC 9711, section 4.1). */
  readonly nonce?: string;
  /** `ES256` with a P-256 key, or `EdDSA` with an Ed25519 key. */
  readonly algorithm: 'ES256' | 'EdDSA';
  readonly key: CryptoKey | KeyObject | JWK | Uint8Array;
  readonly keyId?: string;
}

/**
 * A verdict as an EAT Attestation Result: a signed JWT that other relying parties' libraries read (draft-ietf-rats-ear-04;
 * the trust vector is AR4SI's). One submodule named after the kind of enclave, with the reasons as verifier's claims.
 *
 * @throws `attestation.badArgument` for a nonce of the wrong length; jose's own errors for a key that doesn't fit
 */
export async function toEarJwt(options: EarOptions): Promise<string> {
  const { claims, verdict, now, verifier, nonce } = options;
  if (nonce !== undefined && (nonce.length < 8 || nonce.length > 88)) {
    throw attestationError({
      code: 'attestation.badArgument',
      message: `A nonce in an EAR has 8 to 88 characters, not ${nonce.length}.`,
    });
  }
  const expiresAt = resultExpiry(verdict.level, claims.validity.notAfter, now);
  return new SignJWT({
    eat_profile: EAR_PROFILE,
    ...(nonce === undefined ? {} : { eat_nonce: nonce }),
    ear_verifier_id: { developer: verifier.developer, build: verifier.build },
    submods: {
      [claims.kind]: {
        ear_status: verdict.status,
        ear_trustworthiness_vector: { ...verdict.vector },
        ear_appraisal_policy_ids: [`urn:sha256:${verdict.policyDigest.slice(2)}`],
        ear_attester_claims: {
          product: claims.product,
          measurements: { ...claims.measurements },
          debug: claims.debug,
          tcb_status: claims.tcb.status,
          advisories: [...claims.tcb.advisories],
        },
        ear_verifier_claims: {
          evidence_id: verdict.evidenceId,
          decision: verdict.decision,
          level: verdict.level,
          reasons: [...verdict.reasons],
          revocation: claims.revocation,
        },
      },
    },
  })
    .setProtectedHeader({
      alg: options.algorithm,
      typ: 'JWT',
      ...(options.keyId === undefined ? {} : { kid: options.keyId }),
    })
    .setIssuedAt(Math.floor(now.getTime() / 1_000))
    .setExpirationTime(Math.floor(expiresAt.getTime() / 1_000))
    .sign(options.key);
}
