import type { Hex, JobId } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** What a developer wants done and what it may cost at most. */
export type JobOrder = SignedValue<'JobOrder'>;
export type JobOrderJson = SignedJson<'JobOrder'>;

export const orderCodec = signedCodec('JobOrder');

/** The job's id: the EIP-712 digest of its order, known before the match and the same over all attempts. */
export const hashOrder = (order: JobOrder, domain: SigningDomain): JobId => orderCodec.hash(order, domain) as JobId;

/** The signature of `order.developer`, who must be the signer. */
export const signOrder = (order: JobOrder, domain: SigningDomain, signer: Signer): Promise<Hex> =>
  orderCodec.sign(order, domain, signer);

/**
 * The job id, once the signature is `order.developer`'s.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export async function verifyOrder(order: JobOrder, signature: Hex, domain: SigningDomain): Promise<JobId> {
  await orderCodec.verify(order, signature, domain, order.developer);
  return hashOrder(order, domain);
}

/** The JSON form: integers above 32 bits as decimal strings. */
export const orderToJson = (order: JobOrder): JobOrderJson => orderCodec.toJson(order);

/**
 * The value in a JSON form.
 *
 * @throws `protocol.badDocument` with `place` = the field
 */
export const orderFromJson = (json: unknown): JobOrder => orderCodec.fromJson(json);
