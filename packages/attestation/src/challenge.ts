import type { Address, Hex } from '@encryptech/base';
import type { Audience, HybridKem, Purpose } from './runtime-data/runtime-data.ts';

/** What a relying party asked an enclave for, and so what its runtime data must say. Hex of either case. */
export interface Challenge {
  readonly purpose: Purpose;
  readonly audience: Audience;
  /** 32 random bytes; the relying party accepts each only once. */
  readonly nonce: Hex;
  readonly job: Hex;
  readonly attempt: number;
  readonly dataset: Hex;
  readonly configuration: Hex;
  /** The enclave's signing key, where it is known already (it is registered on chain when a job starts). */
  readonly signer?: Address;
  /** The KEM that the enclave's HPKE key must be of; X25519 if left out. Evidence with a key of another is refused. */
  readonly kem?: HybridKem;
  readonly issuedAt: Date;
  /** The last moment in which an answer counts. */
  readonly expiresAt: Date;
}
