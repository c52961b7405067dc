import { decodeFunctionData, getAbiItem, type Abi, type Address, type Hex } from 'viem';
import { accessManagerAbi } from '../abis.ts';
import { chainTime } from '../client/chain-time.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { governedAbis } from '../deploy/role-table.ts';
import { CONTRACT_NAMES, type ContractName } from '../deployment.ts';
import { logsOf } from '../economy/logs-of.ts';

/** A change that waits for its time. */
export interface ScheduledCall {
  id: Hex;
  caller: Address;
  target: Address;
  data: Hex;
  /** Names where the target is a contract of the deployment and the function is in its ABI. */
  contract: ContractName | undefined;
  functionName: string | undefined;
  args: readonly unknown[];
  /** Second from which it can be executed, and second at which it lapses. */
  from: number;
  until: number;
  isReady: boolean;
}

/** What is scheduled in the AccessManager and neither executed, cancelled nor lapsed; the manager itself is asked about each. */
export async function readScheduled(client: ChainClient): Promise<ScheduledCall[]> {
  const { public: node, deployment } = client;
  const manager = { address: deployment.contracts.accessManager, abi: accessManagerAbi } as const;
  const event = getAbiItem({ abi: accessManagerAbi, name: 'OperationScheduled' });
  const toBlock = await decodingErrors(node.getBlockNumber());
  const logs = await logsOf(client, { address: manager.address, event, toBlock });
  const [now, expiration] = await decodingErrors(
    Promise.all([chainTime(client), node.readContract({ ...manager, functionName: 'expiration' })]),
  );
  const newest = new Map(logs.map(({ args }) => [args.operationId, args]));
  const calls = await Promise.all(
    [...newest.values()].map(async ({ operationId: id, caller, target, data }) => {
      const from = await decodingErrors(
        node.readContract({ ...manager, functionName: 'getSchedule', args: [id], blockTag: 'pending' }),
      );
      return { id, caller, target, data, from, until: from + expiration, ...meaningOf(client, target, data) };
    }),
  );
  return calls.filter(({ from }) => from > 0).map((call) => ({ ...call, isReady: call.from <= now }));
}

/** The function and arguments behind call data. */
export function meaningOf(
  { deployment }: Pick<ChainClient, 'deployment'>,
  target: Address,
  data: Hex,
): Pick<ScheduledCall, 'contract' | 'functionName' | 'args'> {
  const contract = CONTRACT_NAMES.find((name) => deployment.contracts[name].toLowerCase() === target.toLowerCase());
  if (contract === undefined) return { contract, functionName: undefined, args: [] };
  try {
    const { functionName, args } = decodeFunctionData({ abi: abiOf(contract), data });
    return { contract, functionName, args: args ?? [] };
  } catch {
    return { contract, functionName: undefined, args: [] };
  }
}

/** The ABI of a contract of the deployment, as one type for all. */
export const abiOf = (contract: ContractName): Abi =>
  contract === 'accessManager' ? accessManagerAbi : governedAbis[contract];
