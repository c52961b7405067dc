import type { Address, Hex } from '@encryptech/base';
import type { SecurityLevel } from '../policy/appraisal-policy.ts';
import type { ReasonCode } from './reasons.ts';
import type { TrustTier, TrustVector } from './trust-vector.ts';

/** The keys that the enclave made for this challenge; there only when the evidence is accepted. */
export interface EnclaveKeys {
  /** Raw, of the KEM that the challenge asked for: what keys are sealed to. */
  readonly hpkePublicKey: Hex;
  readonly signer: Address;
}

interface ResultFacts {
  readonly version: 1;
  readonly level: SecurityLevel;
  /** Why it was refused and why its level isn't higher, each reason once, in the order of `REASONS`. */
  readonly reasons: readonly ReasonCode[];
  /** AR4SI's tier and vector of the same verdict. */
  readonly status: TrustTier;
  readonly vector: TrustVector;
  /** `0x` when the claims had none. */
  readonly evidenceId: Hex;
  /** `0x` when the policy could not be read. */
  readonly policyDigest: Hex;
}

/** The verdict on a quote, report or document alone, without a challenge: for people, never a reason to release a key. */
export type EvidenceVerdict = ResultFacts & { readonly decision: 'allow' | 'deny' };

/** RFC 9334's Attestation result: the verdict on one piece of evidence under one policy for one challenge. */
export type AttestationResult =
  | (ResultFacts & {
      readonly decision: 'allow';
      readonly keys: EnclaveKeys;
      /** Until when the verdict holds: the end of the challenge or of the evidence, whichever comes first. */
      readonly expiresAt: Date;
    })
  | (ResultFacts & { readonly decision: 'deny' });
