import type { Hex } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** What a provider takes on, and for how much at least. Serves many jobs until it expires. */
export type ComputeOffer = SignedValue<'ComputeOffer'>;
export type ComputeOfferJson = SignedJson<'ComputeOffer'>;

export const offerCodec = signedCodec('ComputeOffer');

/** The EIP-712 digest of an offer. */
export const hashOffer = (offer: ComputeOffer, domain: SigningDomain): Hex => offerCodec.hash(offer, domain);

/** The signature of `offer.provider`, who must be the signer. */
export const signOffer = (offer: ComputeOffer, domain: SigningDomain, signer: Signer): Promise<Hex> =>
  offerCodec.sign(offer, domain, signer);

/**
 * The digest, once the signature is `offer.provider`'s.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export async function verifyOffer(offer: ComputeOffer, signature: Hex, domain: SigningDomain): Promise<Hex> {
  await offerCodec.verify(offer, signature, domain, offer.provider);
  return hashOffer(offer, domain);
}

/** The JSON form: integers above 32 bits as decimal strings. */
export const offerToJson = (offer: ComputeOffer): ComputeOfferJson => offerCodec.toJson(offer);

/**
 * The value in a JSON form.
 *
 * @throws `protocol.badDocument` with `place` = the field
 */
export const offerFromJson = (json: unknown): ComputeOffer => offerCodec.fromJson(json);
