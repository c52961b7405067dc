import type { Address, Hex } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** The owner's record that one enclave received the keys for one attempt. */
export type KeyRelease = SignedValue<'KeyRelease'>;
export type KeyReleaseJson = SignedJson<'KeyRelease'>;

export const keyReleaseCodec = signedCodec('KeyRelease');

/** The EIP-712 digest that the dataset's owner signs. */
export const hashKeyRelease = (keyRelease: KeyRelease, domain: SigningDomain): Hex =>
  keyReleaseCodec.hash(keyRelease, domain);

/** The signature of the dataset's owner. */
export const signKeyRelease = (keyRelease: KeyRelease, domain: SigningDomain, signer: Signer): Promise<Hex> =>
  keyReleaseCodec.sign(keyRelease, domain, signer);

/**
 * Returns when the signature is that of `owner`.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export const verifyKeyRelease = (
  keyRelease: KeyRelease,
  signature: Hex,
  domain: SigningDomain,
  owner: Address,
): Promise<void> => keyReleaseCodec.verify(keyRelease, signature, domain, owner);

/** The JSON form: integers above 32 bits as decimal strings. */
export const keyReleaseToJson = (keyRelease: KeyRelease): KeyReleaseJson => keyReleaseCodec.toJson(keyRelease);

/**
 * The value in a JSON form.
 *
 * @throws `protocol.badDocument` with `place` = the field
 */
export const keyReleaseFromJson = (json: unknown): KeyRelease => keyReleaseCodec.fromJson(json);
