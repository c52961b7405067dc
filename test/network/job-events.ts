import { jobsAbi, type ChainClient } from '@encryptech/chain';
import type { Hex } from '@encryptech/base';
import { parseEventLogs, type ContractEventName, type ParseEventLogsReturnType } from 'viem';

type Args<Name extends ContractEventName<typeof jobsAbi>> = ParseEventLogsReturnType<
  typeof jobsAbi,
  Name,
  true
>[number]['args'];

/** What the events of one kind say about a job, oldest first, read from the contract Jobs itself. */
export async function jobEvents<Name extends ContractEventName<typeof jobsAbi>>(
  { public: node, deployment }: ChainClient,
  jobId: Hex,
  eventName: Name,
): Promise<Args<Name>[]> {
  const logs = await node.getLogs({
    address: deployment.contracts.jobs,
    fromBlock: BigInt(deployment.deployedAtBlock),
    toBlock: 'latest',
  });
  const named = parseEventLogs({ abi: jobsAbi, eventName, logs, strict: true });
  return named.map((log) => log.args as Args<Name>).filter((args) => (args as { jobId?: Hex }).jobId === jobId);
}
