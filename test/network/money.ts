import { encTokenAbi, jobsAbi, rewardsAbi, type ChainClient } from '@encryptech/chain';
import type { Address } from '@encryptech/base';

/** Who has how much of what jobs move, in wei: daemons fetch rewards of ended epochs at any moment, so those are left out. */
export interface Money {
  byAccount: Record<string, bigint>;
  /** What the treasury has, and fees that wait for it. */
  treasury: bigint;
}

/** What these accounts have in Jobs and in their own hands together beside their rewards, and what is the treasury's; in one block. */
export async function moneyNow(
  { public: node, deployment }: ChainClient,
  accounts: Record<string, Address>,
): Promise<Money> {
  const { token, jobs, treasury, rewards } = deployment.contracts;
  const blockNumber = await node.getBlockNumber({ cacheTime: 0 });
  const inToken = { address: token, abi: encTokenAbi, functionName: 'balanceOf', blockNumber } as const;
  const inJobs = { address: jobs, abi: jobsAbi, blockNumber } as const;
  const claimed = await node.getContractEvents({
    ...{ address: rewards, abi: rewardsAbi, eventName: 'Claimed', fromBlock: 0n, toBlock: blockNumber, strict: true },
  });
  const byAccount: Record<string, bigint> = {};
  for (const [name, address] of Object.entries(accounts)) {
    const held = await node.readContract({ ...inToken, args: [address] });
    const deposit = await node.readContract({ ...inJobs, functionName: 'balanceOf', args: [address] });
    const fetched = claimed
      .filter(({ args }) => args.provider === address)
      .reduce((sum, { args }) => sum + args.share + args.bonus, 0n);
    byAccount[name] = held + deposit - fetched;
  }
  const fees = await node.readContract({ ...inJobs, functionName: 'uncollectedFees' });
  return { byAccount, treasury: fees + (await node.readContract({ ...inToken, args: [treasury] })) };
}

/** By how much each account of `after` has more than before. */
export const gained = (before: Money, after: Money): Record<string, bigint> => ({
  ...Object.fromEntries(Object.entries(after.byAccount).map(([name, wei]) => [name, wei - before.byAccount[name]!])),
  treasury: after.treasury - before.treasury,
});
