import type { Address, Hex } from '@encryptech/base';
import { recoverTypedDataAddress, type LocalAccount } from 'viem';
import type { Deployment } from '../deployment.ts';

/** What a payer signs: the sum that the payee may have had since the channel opened, fee included, in wei. */
export interface Voucher {
  channelId: Hex;
  total: bigint;
}

const types = {
  Voucher: [
    { name: 'channelId', type: 'bytes32' },
    { name: 'total', type: 'uint128' },
  ],
} as const;

const typedData = ({ chainId, contracts }: Deployment, message: Voucher) =>
  ({
    domain: { name: 'Encryptech', version: '1', chainId, verifyingContract: contracts.vouchers },
    types,
    primaryType: 'Voucher',
    message,
  }) as const;

/** The payer's signature over a voucher for this chain and contract (EIP-712): a payment without gas. */
export const signVoucher = (
  deployment: Deployment,
  payer: Pick<LocalAccount, 'signTypedData'>,
  voucher: Voucher,
): Promise<Hex> => payer.signTypedData(typedData(deployment, voucher));

/** Who signed the voucher, for this chain and contract. */
export const voucherSigner = (deployment: Deployment, voucher: Voucher, signature: Hex): Promise<Address> =>
  recoverTypedDataAddress({ ...typedData(deployment, voucher), signature });
