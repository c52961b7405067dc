import type { Address, Hex } from '@encryptech/base';
import { signedCodec } from './signed-codec.ts';
import type { SignedJson, SignedValue } from './signed-types.ts';
import type { Signer } from './signer.ts';

/** What the payee of a channel may have had since it opened, in wei, the treasury's fee included: a payment without gas. */
export type Voucher = SignedValue<'Voucher'>;
export type VoucherJson = SignedJson<'Voucher'>;

/** What a voucher is bound to: one chain and one Vouchers contract. */
export interface VoucherDomain {
  chainId: number;
  vouchers: Address;
}

export const voucherCodec = signedCodec('Voucher');

const inDomain = ({ chainId, vouchers }: VoucherDomain) => ({ chainId, jobs: vouchers });

/** The EIP-712 digest that the channel's payer signs. */
export const hashVoucher = (voucher: Voucher, domain: VoucherDomain): Hex =>
  voucherCodec.hash(voucher, inDomain(domain));

/** The signature of the channel's payer. */
export const signVoucher = (voucher: Voucher, domain: VoucherDomain, signer: Signer): Promise<Hex> =>
  voucherCodec.sign(voucher, inDomain(domain), signer);

/**
 * Returns when the signature is that of `payer`, a key: wallet contracts judge their signatures on chain.
 *
 * @throws `protocol.badSignature`, `protocol.wrongSigner`
 */
export const verifyVoucher = (voucher: Voucher, signature: Hex, domain: VoucherDomain, payer: Address): Promise<void> =>
  voucherCodec.verify(voucher, signature, inDomain(domain), payer);

/** The JSON form: `total` as a decimal string. */
export const voucherToJson = (voucher: Voucher): VoucherJson => voucherCodec.toJson(voucher);

/**
 * The value in a JSON form.
 *
 * @throws `protocol.badDocument` with `place` = the field
 */
export const voucherFromJson = (json: unknown): Voucher => voucherCodec.fromJson(json);
