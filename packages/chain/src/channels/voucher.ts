import type { Address, Hex } from '@encryptech/base';
import * as protocol from '@encryptech/protocol';
import { recoverAddress } from 'viem';
import type { Deployment } from '../deployment.ts';

/** What a payer signs: the sum that the payee may have had since the channel opened, fee included, in wei. */
export type Voucher = protocol.Voucher;

const domainOf = ({ chainId, contracts }: Deployment): protocol.VoucherDomain => ({
  ...{ chainId, vouchers: contracts.vouchers },
});

/** The payer's signature over a voucher for this chain and contract (EIP-712): a payment without gas. */
export const signVoucher = (deployment: Deployment, payer: protocol.Signer, voucher: Voucher): Promise<Hex> =>
  protocol.signVoucher(voucher, domainOf(deployment), payer);

/** Who signed the voucher, for this chain and contract. */
export const voucherSigner = (deployment: Deployment, voucher: Voucher, signature: Hex): Promise<Address> =>
  recoverAddress({ hash: protocol.hashVoucher(voucher, domainOf(deployment)), signature });
