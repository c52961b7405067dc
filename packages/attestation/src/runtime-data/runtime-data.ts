import type { Address, Hex } from '@encryptech/base';

/** What evidence may be asked for: `release` of keys for a job, to `register` a provider, or to `delegate` releases to an enclave. */
export type Purpose = 'release' | 'register' | 'delegate';

/** A KEM beside X25519 that keys may be sealed with. */
export type HybridKem = 'x-wing';

/** Bytes of the raw public key that goes with `RuntimeData.kem`. */
export const hpkeKeyBytes = (kem: HybridKem | undefined): number => (kem === 'x-wing' ? 1216 : 32);

export const PURPOSES: readonly Purpose[] = ['release', 'register', 'delegate'];

/** Who the evidence is for. Evidence for one audience is worth nothing to another, so it can't be relayed. */
export interface Audience {
  /** The party that asked. */
  readonly owner: Address;
  readonly chainId: number;
  /** The contract under whose rules the job runs. */
  readonly contract: Address;
}

/**
 * What an enclave binds to its evidence: whom it answers, what for, and the keys it made for that. Hex is lower case once
 * it has been decoded; identifiers, digests and nonce are 32 bytes, addresses 20.
 */
export interface RuntimeData {
  readonly version: 1;
  readonly purpose: Purpose;
  readonly audience: Audience;
  /** The relying party's random bytes: makes the evidence fresh. */
  readonly nonce: Hex;
  readonly job: Hex;
  /** Counts the attempts at the job from 0; a restarted enclave is a new attempt. */
  readonly attempt: number;
  readonly dataset: Hex;
  /** Digest of everything that the enclave was told to do. */
  readonly configuration: Hex;
  /** The KEM of the HPKE key: X25519 if left out, else X-Wing (ML-KEM-768 with X25519). */
  readonly kem?: HybridKem;
  /** Raw: 32 bytes for X25519, 1216 for X-Wing. */
  readonly hpkePublicKey: Hex;
  /** Address of the secp256k1 key that signs checkpoints and the receipt. */
  readonly signer: Address;
}
