import { getAbiItem } from 'viem';
import { stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { STAKE_POOLS } from '../stake-pool.ts';
import { inBatches } from './in-batches.ts';
import { logsOf } from './logs-of.ts';

/** What Staking owes at a block, in wei, asked account by account: active stake of each pool, and stake on its way out. */
export async function stakingParts(
  client: ChainClient,
  blockNumber: bigint,
): Promise<{ reserve: bigint; provide: bigint; unbonding: bigint }> {
  const { public: node, deployment } = client;
  const address = deployment.contracts.staking;
  const staked = getAbiItem({ abi: stakingAbi, name: 'Staked' });
  const logs = await logsOf(client, { address, event: staked, toBlock: blockNumber });
  const entries = new Map(logs.map(({ args }) => [`${args.pool} ${args.account}`, args]));
  const stakes = await inBatches([...entries.values()], async ({ pool, account }) => {
    const args = [pool, account] as const;
    const stake = await node.readContract({ address, abi: stakingAbi, functionName: 'stakeOf', args, blockNumber });
    return { pool, ...stake };
  });
  const activeIn = (pool: number): bigint =>
    stakes.reduce((sum, stake) => sum + (stake.pool === pool ? stake.active : 0n), 0n);
  return {
    reserve: activeIn(STAKE_POOLS.reserve),
    provide: activeIn(STAKE_POOLS.provide),
    unbonding: stakes.reduce((sum, { unbonding }) => sum + unbonding, 0n),
  };
}
