import type { Address, Hex } from '@encryptech/base';
import type { SigningDomain } from './domain.ts';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** The end of a job: the sealed result, its certificate and the privacy loss. */
export type Receipt = SignedValue<'Receipt'>;
export type ReceiptJson = SignedJson<'Receipt'>;

export const receiptCodec = signedCodec('Receipt');

/** The EIP-712 digest that the enclave signs. */
export const hashReceipt = (receipt: Receipt, domain: SigningDomain): Hex => receiptCodec.hash(receipt, domain);

/** The signature of the enclave. */
export const signReceipt = (receipt: Receipt, domain: SigningDomain, signer: Signer): Promise<Hex> =>
  receiptCodec.sign(receipt, domain, signer);

/**
 * Returns when the signature is that of `enclaveKey`.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export const verifyReceipt = (
  receipt: Receipt,
  signature: Hex,
  domain: SigningDomain,
  enclaveKey: Address,
): Promise<void> => receiptCodec.verify(receipt, signature, domain, enclaveKey);

/** The JSON form: integers above 32 bits as decimal strings. */
export const receiptToJson = (receipt: Receipt): ReceiptJson => receiptCodec.toJson(receipt);

/**
 * The value in a JSON form.
 *
 * @throws `protocol.badDocument` with `place` = the field
 */
export const receiptFromJson = (json: unknown): Receipt => receiptCodec.fromJson(json);
