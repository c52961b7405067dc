import { accountBalances, encTokenAbi, jobsAbi, type ChainClient } from '@encryptech/chain';
import type { Address } from '@encryptech/base';

/** Who has how much in the contract Jobs, in wei. */
export interface Money {
  byAccount: Record<string, bigint>;
  /** What the treasury has, and fees that wait for it. */
  treasury: bigint;
}

/** What these accounts have in Jobs and in their own hands together, and what is the treasury's. */
export async function moneyNow(client: ChainClient, accounts: Record<string, Address>): Promise<Money> {
  const byAccount: Record<string, bigint> = {};
  for (const [name, address] of Object.entries(accounts)) {
    const { enc, deposit } = await accountBalances(client, address);
    byAccount[name] = enc + deposit;
  }
  const { token, jobs, treasury } = client.deployment.contracts;
  const blockNumber = await client.public.getBlockNumber();
  const [fees, held] = await Promise.all([
    client.public.readContract({ address: jobs, abi: jobsAbi, functionName: 'uncollectedFees', blockNumber }),
    client.public.readContract({
      ...{ address: token, abi: encTokenAbi, functionName: 'balanceOf', args: [treasury], blockNumber },
    }),
  ]);
  return { byAccount, treasury: fees + held };
}

/** By how much each account of `after` has more than before. */
export const gained = (before: Money, after: Money): Record<string, bigint> => ({
  ...Object.fromEntries(Object.entries(after.byAccount).map(([name, wei]) => [name, wei - before.byAccount[name]!])),
  treasury: after.treasury - before.treasury,
});
