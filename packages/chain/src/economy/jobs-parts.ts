import { getAbiItem, type Address } from 'viem';
import type { Hex } from '@encryptech/base';
import { datasetsAbi, jobsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { inBatches } from './in-batches.ts';
import { logsOf } from './logs-of.ts';

/**
 * What the contract Jobs owes at a block, in wei, asked account by account and job by job: balances that users can
 * withdraw, escrow of jobs that run, fees that nobody sent to the treasury yet. Events only say whom to ask about.
 */
export async function jobsParts(
  client: ChainClient,
  blockNumber: bigint,
): Promise<{ balances: bigint; escrow: bigint; uncollectedFees: bigint }> {
  const { public: node, deployment } = client;
  const { jobs, datasets } = deployment.contracts;
  const of = { address: jobs, toBlock: blockNumber } as const;
  const registered = getAbiItem({ abi: datasetsAbi, name: 'DatasetRegistered' });
  const deposits = await logsOf(client, { ...of, event: getAbiItem({ abi: jobsAbi, name: 'Deposited' }) });
  const matches = await logsOf(client, { ...of, event: getAbiItem({ abi: jobsAbi, name: 'Matched' }) });
  const owners = await logsOf(client, { ...of, address: datasets, event: registered });

  const accounts = new Set<Address>(deposits.map(({ args }) => args.account));
  const jobIds = new Set<Hex>();
  for (const { args } of matches) {
    accounts.add(args.developer).add(args.provider);
    jobIds.add(args.jobId);
  }
  for (const { args } of owners) accounts.add(args.owner);

  const at = { address: jobs, abi: jobsAbi, blockNumber } as const;
  const balances = await inBatches([...accounts], (account) =>
    node.readContract({ ...at, functionName: 'balanceOf', args: [account] }),
  );
  const escrows = await inBatches([...jobIds], async (jobId) => {
    const { escrow } = await node.readContract({ ...at, functionName: 'job', args: [jobId] });
    return escrow;
  });
  return {
    balances: balances.reduce((sum, balance) => sum + balance, 0n),
    escrow: escrows.reduce((sum, escrow) => sum + escrow, 0n),
    uncollectedFees: await node.readContract({ ...at, functionName: 'uncollectedFees' }),
  };
}
