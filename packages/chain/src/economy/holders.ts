import { getAbiItem, zeroAddress, type Address } from 'viem';
import { encTokenAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { inBatches } from './in-batches.ts';
import { logsOf } from './logs-of.ts';

/** Everybody who ever got ENC, with what the token says they hold at a block, in wei. */
export async function holdersOf(client: ChainClient, blockNumber: bigint): Promise<Map<Address, bigint>> {
  const { public: node, deployment } = client;
  const address = deployment.contracts.token;
  const event = getAbiItem({ abi: encTokenAbi, name: 'Transfer' });
  const transfers = await logsOf(client, { address, event, toBlock: blockNumber });
  const holders = [...new Set(transfers.map(({ args }) => args.to))].filter((to) => to !== zeroAddress);
  const amounts = await inBatches(holders, (holder) =>
    node.readContract({ address, abi: encTokenAbi, functionName: 'balanceOf', args: [holder], blockNumber }),
  );
  return new Map(holders.map((holder, index) => [holder, amounts[index]!]));
}
