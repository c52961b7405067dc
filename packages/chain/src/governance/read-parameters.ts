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
  /** The function that changes it: `setParameters` takes all of a contract's together, others one number. */
  setter: string;
  /** What the contract takes; undefined where neither a view nor this version knows. */
  bounds: Bounds | undefined;
}

/** A contract's parameters: those of `parameters()` in the order in which `setParameters` takes them back, then single numbers. */
export interface ParameterSet {
  contract: GovernedContract;
  members: Parameter[];
}

/**
 * Every contract's parameters as they are on the chain now, with their bounds. They are recognised by their functions:
 * `parameters()` with `setParameters(parameters)`, and a number `leastBond()` with `setLeastBond(number)`.
 */
export async function readParameters(client: ChainClient): Promise<ParameterSet[]> {
  const sets = await Promise.all(
    (Object.keys(governedAbis) as GovernedContract[]).map(async (contract) => ({
      contract,
      members: [...(await readStruct(client, contract)), ...(await readNumbers(client, contract))],
    })),
  );
  return sets.filter(({ members }) => members.length > 0);
}

async function readStruct(client: ChainClient, contract: GovernedContract): Promise<Parameter[]> {
  const abi: Abi = governedAbis[contract];
  const setter = 'setParameters';
  if (functionOf(abi, setter) === undefined) return [];
  const values = await callView(client, contract, 'parameters');
  const limits = functionOf(abi, 'parameterBounds') && (await callView(client, contract, 'parameterBounds'));
  const [least, most] = (limits ?? []) as [Record<string, unknown>, Record<string, unknown>];
  const inCode = BOUNDS_IN_CODE[contract];
  return membersOf(functionOf(abi, 'parameters')!).flatMap(({ name, path }) => {
    const value = at(values, path);
    if (value === undefined) return [];
    const bounds = limits ? boundsOf(at(least, path), at(most, path)) : inCode?.[name];
    return [{ name: `${contract}.${name}`, contract, member: name, value, setter, bounds }];
  });
}

/** Numbers that have a setter of their own. */
function readNumbers(client: ChainClient, contract: GovernedContract): Promise<Parameter[]> {
  const abi: Abi = governedAbis[contract];
  const views = abi.filter((item): item is AbiFunction => {
    if (item.type !== 'function' || item.inputs.length > 0 || item.outputs.length !== 1) return false;
    const [input, ...more] = functionOf(abi, setterOf(item.name))?.inputs ?? [];
    return more.length === 0 && /^uint/.test(input?.type ?? '') && item.outputs[0]!.type === input!.type;
  });
  return Promise.all(
    views.map(async ({ name: member }) => ({
      ...{ name: `${contract}.${member}`, contract, member, setter: setterOf(member) },
      value: BigInt((await callView(client, contract, member)) as bigint | number),
      bounds: BOUNDS_IN_CODE[contract]?.[member],
    })),
  );
}

const setterOf = (member: string): string => `set${member.charAt(0).toUpperCase()}${member.slice(1)}`;

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
