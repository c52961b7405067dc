import type { Address } from '@encryptech/base';
import { rewardsAbi, stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { inBatches } from '../economy/in-batches.ts';

/** The epoch that can be tallied now, and which of the providers a tally would score or score higher. */
export interface OpenTally {
  /** Undefined in the very first epoch. */
  epoch: bigint | undefined;
  providers: Address[];
}

/** Which of these providers have earned something in the epoch before the running one that is not on record yet. */
export async function openTally(client: ChainClient, providers: readonly Address[]): Promise<OpenTally> {
  const { public: node, deployment } = client;
  const { rewards, staking } = deployment.contracts;
  const at = { blockTag: 'pending' } as const;
  const running = await decodingErrors(
    node.readContract({ address: staking, abi: stakingAbi, functionName: 'epoch', ...at }),
  );
  if (running === 0n) return { epoch: undefined, providers: [] };
  const epoch = running - 1n;
  const reward = { address: rewards, abi: rewardsAbi, ...at } as const;
  const found = await decodingErrors(
    inBatches(providers, async (provider) => {
      const [[, score, qualified], known] = await Promise.all([
        node.readContract({ ...reward, functionName: 'preview', args: [provider] }),
        node.readContract({ ...reward, functionName: 'scoreOf', args: [epoch, provider] }),
      ]);
      return score > known.score || (score > 0n && qualified && !known.qualified) ? [provider] : [];
    }),
  );
  return { epoch, providers: found.flat() };
}
