import type { Address, Hex } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** A dataset owner's consent to jobs of one developer, or of anyone where `developer` is the zero address. */
export type DatasetGrant = SignedValue<'DatasetGrant'>;
export type DatasetGrantJson = SignedJson<'DatasetGrant'>;

export const grantCodec = signedCodec('DatasetGrant');

/** The EIP-712 digest that the dataset's owner signs. */
export const hashGrant = (grant: DatasetGrant, domain: SigningDomain): Hex => grantCodec.hash(grant, domain);

/** The signature of the dataset's owner. */
export const signGrant = (grant: DatasetGrant, domain: SigningDomain, signer: Signer): Promise<Hex> =>
  grantCodec.sign(grant, domain, signer);

/**
 * Returns when the signature is that of `owner`.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export const verifyGrant = (
  grant: DatasetGrant,
  signature: Hex,
  domain: SigningDomain,
  owner: Address,
): Promise<void> => grantCodec.verify(grant, signature, domain, owner);

/** The JSON form: integers above 32 bits as decimal strings. */
export const grantToJson = (grant: DatasetGrant): DatasetGrantJson => grantCodec.toJson(grant);

/**
 * The value in a JSON form.
 *
 * @throws `protocol.badDocument` with `place` = the field
 */
export const grantFromJson = (json: unknown): DatasetGrant => grantCodec.fromJson(json);
