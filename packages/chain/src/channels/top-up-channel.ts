import type { Hex } from '@encryptech/base';
import { vouchersAbi } from '../abis.ts';
import type { ChainWriter, MinedTransaction } from '../client/chain-writer.ts';
import { approve } from '../write/approve.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Adds `amount` wei to a channel of the account, or only lengthens it to second `expiresAt`.
 *
 * @throws `chain.vouchersNotAllowed` `chain.vouchersClosing` `chain.vouchersTooLate` `chain.vouchersBadExpiry`
 */
export async function topUpChannel(
  writer: ChainWriter,
  { channelId, amount, expiresAt, key }: { channelId: Hex; amount: bigint; expiresAt: number; key: string },
): Promise<MinedTransaction> {
  if (amount > 0n) await approve(writer, { spender: 'vouchers', amount, key: `${key}:approve` });
  const args = [channelId, amount, expiresAt] as const;
  return callContract(writer, { key, contract: 'vouchers', abi: vouchersAbi, functionName: 'topUp', args });
}
