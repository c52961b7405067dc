import type { Abi, AbiFunction, AbiParameter } from 'viem';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { governedAbis, type GovernedContract } from '../deploy/role-table.ts';
import { BOUNDS_IN_CODE, type Bounds } from './parameter-bounds.ts';

/** One number that the team can change. */
export interface Parameter {
  /** Contract and member: `jobs.feeBps`. */
  name: string;
  contract: GovernedContract;
  member: string;
  value: bigint;
  /** What the contract takes; undefined where neither a view nor this version knows. */
  bounds: Bounds | undefined;
}

/** What a contract's `parameters()` says, in the order of its members: what `setParameters` takes back as a whole. */
export interface ParameterSet {
  contract: GovernedContract;
  members: Parameter[];
}

/**
 * Every contract's parameters as they are on the chain now, with their bounds. Contracts are recognised by their functions:
 * `parameters()` and `setParameters(parameters)`.
 */
export async function readParameters(client: ChainClient): Promise<ParameterSet[]> {
  const contracts = (Object.keys(governedAbis) as GovernedContract[]).filter((name) =>
    functionOf(governedAbis[name], 'setParameters'),
  );
  return Promise.all(contracts.map((contract) => readSet(client, contract)));
}

async function readSet(client: ChainClient, contract: GovernedContract): Promise<ParameterSet> {
  const abi: Abi = governedAbis[contract];
  const values = await callView(client, contract, 'parameters');
  const limits = functionOf(abi, 'parameterBounds') && (await callView(client, contract, 'parameterBounds'));
  const [least, most] = (limits ?? []) as [Record<string, unknown>, Record<string, unknown>];
  const inCode = BOUNDS_IN_CODE[contract];
  const members = membersOf(functionOf(abi, 'parameters')!);
  return {
    contract,
    members: members.flatMap(({ name, path }) => {
      const value = at(values, path);
      if (value === undefined) return [];
      const bounds = limits ? boundsOf(at(least, path), at(most, path)) : inCode?.[name];
      return [{ name: `${contract}.${name}`, contract, member: name, value, bounds }];
    }),
  };
}

const boundsOf = (least: bigint | undefined, most: bigint | undefined): Bounds | undefined =>
  least === undefined || most === undefined ? undefined : [least, most];

const callView = (client: ChainClient, contract: GovernedContract, functionName: string): Promise<unknown> =>
  decodingErrors(
    client.public.readContract({
      ...{ address: client.deployment.contracts[contract], abi: governedAbis[contract] as Abi, functionName },
    }),
  );

/** The function of that name, where the ABI has one. */
export const functionOf = (abi: Abi, name: string): AbiFunction | undefined =>
  abi.find((item): item is AbiFunction => item.type === 'function' && item.name === name);

/** Members of the struct that a function returns, with lists of fixed length taken apart: `severityBps.3`. */
function membersOf({ outputs }: AbiFunction): { name: string; path: (string | number)[] }[] {
  const [struct] = outputs as readonly (AbiParameter & { components?: readonly AbiParameter[] })[];
  return (struct?.components ?? []).flatMap(({ name = '', type }) => {
    const length = Number(/\[(\d+)\]$/.exec(type)?.[1] ?? 0);
    if (length === 0) return [{ name, path: [name] }];
    return Array.from({ length }, (_, index) => ({ name: `${name}.${index}`, path: [name, index] }));
  });
}

function at(value: unknown, path: readonly (string | number)[]): bigint | undefined {
  let found = value;
  for (const step of path) found = (found as Record<string | number, unknown> | undefined)?.[step];
  return typeof found === 'bigint' ? found : typeof found === 'number' ? BigInt(found) : undefined;
}
