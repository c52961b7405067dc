import type { Address } from '@encryptech/base';
import { getAbiItem } from 'viem';
import { capacityAbi, rewardsAbi, stakingAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { inBatches } from '../economy/in-batches.ts';
import { logsOf } from '../economy/logs-of.ts';
import { providerFacts } from '../read/provider-facts.ts';

/** What a provider earned from emission in one epoch. Amounts in wei. */
export interface EpochReward {
  epoch: bigint;
  /** Paid work that settled in the epoch. */
  work: bigint;
  /** f = Q·c·R², and the sum over all providers. */
  score: bigint;
  scoreOfAll: bigint;
  /** True when it takes part in the bonus. */
  qualified: boolean;
  /** Part of the slots in which it answered, in basis points. */
  availabilityBps: number;
  /** What can be claimed now; 0 when it was claimed, or while the epoch is open. */
  due: bigint;
  /** What was paid: share and bonus; undefined before. */
  paid: { share: bigint; bonus: bigint } | undefined;
}

/** What a provider earned from emission and what stands behind it now. */
export interface ProviderRewards {
  /** The running epoch. */
  epoch: bigint;
  epochs: EpochReward[];
  due: bigint;
  paid: bigint;
  level: number;
  reputationBps: number;
  /** Stake that bounds the score of the running epoch. */
  stake: bigint;
}

/** Every epoch in which a provider has a score, oldest first, with what was paid and what is due; read from the contract. */
export async function providerRewards(client: ChainClient, provider: Address): Promise<ProviderRewards> {
  const { public: node, deployment } = client;
  const { rewards, staking, capacity } = deployment.contracts;
  const toBlock = await decodingErrors(node.getBlockNumber());
  const tallied = await logsOf(client, {
    address: rewards,
    event: getAbiItem({ abi: rewardsAbi, name: 'Tallied' }),
    toBlock,
  });
  const claimed = await logsOf(client, {
    address: rewards,
    event: getAbiItem({ abi: rewardsAbi, name: 'Claimed' }),
    toBlock,
  });
  const isMine = ({ args }: { args: { provider: Address } }): boolean =>
    args.provider.toLowerCase() === provider.toLowerCase();
  // A later tally of an epoch replaces an earlier one.
  const works = new Map(tallied.filter(isMine).map(({ args }) => [args.epoch, args.work]));
  const payments = new Map(claimed.filter(isMine).map(({ args }) => [args.epoch, args]));
  const at = { blockTag: 'pending' } as const;
  const reward = { address: rewards, abi: rewardsAbi, ...at } as const;

  const epochs = await decodingErrors(
    inBatches([...works], async ([epoch, work]): Promise<EpochReward> => {
      const args = [epoch, provider] as const;
      const [score, all, due, [availabilityBps]] = await Promise.all([
        node.readContract({ ...reward, functionName: 'scoreOf', args }),
        node.readContract({ ...reward, functionName: 'epochOf', args: [epoch] }),
        node.readContract({ ...reward, functionName: 'due', args }),
        node.readContract({
          ...{ address: capacity, abi: capacityAbi, functionName: 'availabilityBps', args: [provider, epoch], ...at },
        }),
      ]);
      const payment = payments.get(epoch);
      return {
        ...{
          epoch,
          work,
          score: score.score,
          scoreOfAll: all.scores,
          qualified: score.qualified,
          availabilityBps,
          due,
        },
        paid: payment && { share: payment.share, bonus: payment.bonus },
      };
    }),
  );
  const staked = { address: staking, abi: stakingAbi, ...at } as const;
  const epoch = await decodingErrors(node.readContract({ ...staked, functionName: 'epoch' }));
  const stake = await decodingErrors(
    node.readContract({ ...staked, functionName: 'stakeAt', args: [1, provider, epoch] }),
  );
  const { level, reputationBps } = await providerFacts(client, provider);
  return {
    ...{ epoch, epochs, level, reputationBps, stake },
    due: epochs.reduce((sum, { due }) => sum + due, 0n),
    paid: epochs.reduce((sum, { paid }) => sum + (paid ? paid.share + paid.bonus : 0n), 0n),
  };
}
