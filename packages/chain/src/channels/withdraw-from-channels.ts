import { vouchersAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Pays out from the account's balance in the channels' contract.
 *
 * @throws `chain.vouchersInsufficientBalance` `chain.vouchersZeroAmount`
 */
export const withdrawFromChannels = (
  writer: ChainWriter,
  { amount, key }: { amount: bigint; key: string },
): Promise<MinedTransaction> =>
  callContract(writer, { key, contract: 'vouchers', abi: vouchersAbi, functionName: 'withdraw', args: [amount] });
