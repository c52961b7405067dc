import { getAbiItem, type Address } from 'viem';
import type { JobId } from '@encryptech/base';
import { jobsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { inBatches } from './in-batches.ts';
import { logsOf } from './logs-of.ts';

/** What somebody paid for compute. Amounts in wei. */
export interface RecentMatch {
  jobId: JobId;
  provider: Address;
  /** Second of the match. */
  at: number;
  /** Wei a unit. */
  rate: bigint;
  /** Wei for all steps of the attempt. */
  price: bigint;
}

/** The newest matches of the contract Jobs, the newest first; `limit` at most. */
export async function recentMatches(client: ChainClient, { limit }: { limit: number }): Promise<RecentMatch[]> {
  const { public: node, deployment } = client;
  const toBlock = await decodingErrors(node.getBlockNumber());
  const event = getAbiItem({ abi: jobsAbi, name: 'Matched' });
  const logs = (await logsOf(client, { address: deployment.contracts.jobs, event, toBlock })).reverse().slice(0, limit);
  return decodingErrors(
    inBatches(logs, async ({ args, blockNumber }) => {
      const { timestamp } = await node.getBlock({ blockNumber });
      const { jobId, provider, rate, price } = args;
      return { jobId: jobId as JobId, provider, at: Number(timestamp), rate, price };
    }),
  );
}
