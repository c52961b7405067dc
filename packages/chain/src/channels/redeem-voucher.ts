import type { Hex } from '@encryptech/base';
import { vouchersAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';
import type { Voucher } from './voucher.ts';

/**
 * Credits the payee with what the voucher adds to the last one; the channel stays open. Anybody may. Executed once a voucher.
 *
 * @throws `chain.vouchersNotHigher` `chain.vouchersAboveDeposit` `chain.vouchersBadSignature` `chain.vouchersTooLate`
 */
export const redeemVoucher = (
  writer: ChainWriter,
  { voucher, signature }: { voucher: Voucher; signature: Hex },
): Promise<MinedTransaction> =>
  callContract(writer, {
    ...{ key: `redeem:${voucher.channelId}:${voucher.total}`, contract: 'vouchers', abi: vouchersAbi },
    ...{ functionName: 'redeem', args: [voucher, signature] },
  });
