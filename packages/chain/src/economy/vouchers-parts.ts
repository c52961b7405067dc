import { getAbiItem, type Address } from 'viem';
import { vouchersAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { inBatches } from './in-batches.ts';
import { logsOf } from './logs-of.ts';

/** What the contract Vouchers owes at a block, in wei: open channels, balances that can be withdrawn, fees not collected yet. */
export async function vouchersParts(
  client: ChainClient,
  blockNumber: bigint,
): Promise<{ channels: bigint; balances: bigint; uncollectedFees: bigint }> {
  const { public: node, deployment } = client;
  const address = deployment.contracts.vouchers;
  const at = { address, abi: vouchersAbi, blockNumber } as const;
  const event = getAbiItem({ abi: vouchersAbi, name: 'ChannelOpened' });
  const accounts = new Set<Address>();
  const channels = await logsOf(client, { address, event, toBlock: blockNumber });
  for (const { args } of channels) accounts.add(args.payer).add(args.payee);
  const open = await inBatches(channels, async ({ args }) => {
    // Zeros once it is closed.
    const channel = await node.readContract({ ...at, functionName: 'channel', args: [args.channelId] });
    return channel.deposit - channel.paid;
  });
  const balances = await inBatches([...accounts], (account) =>
    node.readContract({ ...at, functionName: 'balanceOf', args: [account] }),
  );
  return {
    channels: open.reduce((sum, amount) => sum + amount, 0n),
    balances: balances.reduce((sum, amount) => sum + amount, 0n),
    uncollectedFees: await node.readContract({ ...at, functionName: 'uncollectedFees' }),
  };
}
