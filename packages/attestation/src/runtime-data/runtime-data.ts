import type { Address, Hex } from '@encryptech/base';

/** What evidence may be asked for: `release` of keys for a job, or to `register` a provider. */
export type Purpose = 'release' | 'register';

export const PURPOSES: readonly Purpose[] = ['release', 'register'];

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
 * it has been decoded; identifiers, digests, nonce and HPKE key are 32 bytes, addresses 20.
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
  /** X25519, raw. */
  readonly hpkePublicKey: Hex;
  /** Address of the secp256k1 key that signs checkpoints and the receipt. */
  readonly signer: Address;
}
