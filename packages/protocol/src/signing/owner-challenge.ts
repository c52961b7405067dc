import type { Address, Hex } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/**
 * What a dataset's owner signs before an enclave attests, so that nobody else can make it: trust.md section 2. `kem` is the
 * HPKE KEM id of the key that the enclave shall make; the keys are sealed under a digest of this challenge, so that it
 * can't be talked down on the way.
 */
export type OwnerChallenge = SignedValue<'OwnerChallenge'>;
export type OwnerChallengeJson = SignedJson<'OwnerChallenge'>;

export const ownerChallengeCodec = signedCodec('OwnerChallenge');

/** The EIP-712 digest of a challenge. */
export const hashOwnerChallenge = (ownerChallenge: OwnerChallenge, domain: SigningDomain): Hex =>
  ownerChallengeCodec.hash(ownerChallenge, domain);

/** The signature of `ownerChallenge.owner`, or of the owner's delegate. */
export const signOwnerChallenge = (
  ownerChallenge: OwnerChallenge,
  domain: SigningDomain,
  signer: Signer,
): Promise<Hex> => ownerChallengeCodec.sign(ownerChallenge, domain, signer);

/**
 * The digest, once the signature is `ownerChallenge.owner`'s, or that of a `signer` whom the owner made the delegate.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export async function verifyOwnerChallenge(
  ownerChallenge: OwnerChallenge,
  signature: Hex,
  domain: SigningDomain,
  signer: Address = ownerChallenge.owner,
): Promise<Hex> {
  await ownerChallengeCodec.verify(ownerChallenge, signature, domain, signer);
  return hashOwnerChallenge(ownerChallenge, domain);
}

/** The JSON form: integers above 32 bits as decimal strings. */
export const ownerChallengeToJson = (ownerChallenge: OwnerChallenge): OwnerChallengeJson =>
  ownerChallengeCodec.toJson(ownerChallenge);

/**
 * The value in a JSON form.
 *
 * @throws `protocol.badDocument` with `place` = the field
 */
export const ownerChallengeFromJson = (json: unknown): OwnerChallenge => ownerChallengeCodec.fromJson(json);
