import type { Hex } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/**
 * What an owner signs who hands the releases of keys to an enclave: `key` may challenge and release in the owner's name until
 * `expiresAt`. `evidenceId` is what the owner judged, `logHead` the owner's release log as it then was: the delegate's log
 * goes on from it.
 */
export type Delegation = SignedValue<'Delegation'>;
export type DelegationJson = SignedJson<'Delegation'>;

export const delegationCodec = signedCodec('Delegation');

/** The EIP-712 digest of a delegation. */
export const hashDelegation = (delegation: Delegation, domain: SigningDomain): Hex =>
  delegationCodec.hash(delegation, domain);

/** The signature of `delegation.owner`, who must be the signer. */
export const signDelegation = (delegation: Delegation, domain: SigningDomain, signer: Signer): Promise<Hex> =>
  delegationCodec.sign(delegation, domain, signer);

/**
 * Returns when the signature is `delegation.owner`'s. Whether it has expired is for the caller to see.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export const verifyDelegation = (delegation: Delegation, signature: Hex, domain: SigningDomain): Promise<void> =>
  delegationCodec.verify(delegation, signature, domain, delegation.owner);
