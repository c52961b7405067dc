import type { Address, Hex } from '@encryptech/base';
import { parseEventLogs } from 'viem';
import { vouchersAbi } from '../abis.ts';
import type { ChainWriter } from '../client/chain-writer.ts';
import { approve } from '../write/approve.ts';
import { callContract } from '../write/call-contract.ts';

/**
 * Opens a payment channel of `amount` wei to the payee, until second `expiresAt`: an approval, then the channel.
 *
 * @throws `chain.vouchersBadPayee` `chain.vouchersBadExpiry` `chain.vouchersZeroAmount` `chain.erc20InsufficientBalance`
 */
export async function openChannel(
  writer: ChainWriter,
  { payee, amount, expiresAt, key }: { payee: Address; amount: bigint; expiresAt: number; key: string },
): Promise<{ channelId: Hex; hash: Hex }> {
  if (amount > 0n) await approve(writer, { spender: 'vouchers', amount, key: `${key}:approve` });
  const args = [payee, amount, expiresAt] as const;
  const { hash, logs } = await callContract(writer, {
    ...{ key, contract: 'vouchers', abi: vouchersAbi, functionName: 'open', args },
  });
  const [opened] = parseEventLogs({ abi: vouchersAbi, logs: [...logs], eventName: 'ChannelOpened' });
  return { channelId: opened!.args.channelId, hash };
}
