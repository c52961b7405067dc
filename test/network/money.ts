import { accountBalances, jobsAbi, type ChainClient } from '@encryptech/chain';
import type { Address } from '@encryptech/base';

/** Who has how much in the contract Jobs, in wei. */
export interface Money {
  byAccount: Record<string, bigint>;
  /** Fees that wait for the treasury. */
  treasury: bigint;
}

/** What these accounts have in Jobs and in their own hands together, and the treasury's fees. */
export async function moneyNow(client: ChainClient, accounts: Record<string, Address>): Promise<Money> {
  const byAccount: Record<string, bigint> = {};
  for (const [name, address] of Object.entries(accounts)) {
    const { enc, deposit } = await accountBalances(client, address);
    byAccount[name] = enc + deposit;
  }
  const treasury = await client.public.readContract({
    address: client.deployment.contracts.jobs,
    abi: jobsAbi,
    functionName: 'uncollectedFees',
  });
  return { byAccount, treasury };
}

/** By how much each account of `after` has more than before. */
export const gained = (before: Money, after: Money): Record<string, bigint> => ({
  ...Object.fromEntries(Object.entries(after.byAccount).map(([name, wei]) => [name, wei - before.byAccount[name]!])),
  treasury: after.treasury - before.treasury,
});
