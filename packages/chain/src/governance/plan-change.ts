import {
  encodeFunctionData,
  toFunctionSelector,
  type AbiFunction,
  type AbiParameter,
  type Address,
  type Hex,
} from 'viem';
import { accessManagerAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import { CONTRACT_NAMES, type ContractName } from '../deployment.ts';
import { chainError } from '../errors.ts';
import { functionOf, readParameters } from './read-parameters.ts';
import { abiOf } from './read-scheduled.ts';

/** A restricted call, made ready. */
export interface PlannedChange {
  contract: ContractName;
  functionName: string;
  target: Address;
  data: Hex;
  /** The role that the function asks for. */
  role: bigint;
  /** In words: `jobs.feeBps from 500 to 400`. */
  words: string;
}

/**
 * The call that changes one thing: `jobs.feeBps` with its new value (the other parameters stay as they are now), or a
 * function with its arguments, such as `jobs.pause` or `treasury.setBudget`.
 *
 * @throws `chain.badChange` for an unknown name, a value of the wrong kind, or one outside its bounds
 */
export async function planChange(client: ChainClient, what: string, values: readonly string[]): Promise<PlannedChange> {
  const [contract, ...rest] = what.split('.') as [ContractName, ...string[]];
  const member = rest.join('.');
  if (!CONTRACT_NAMES.includes(contract) || member === '')
    throw bad(`There is nothing named "${what}" to change.`, what);
  const set = (await readParameters(client)).find((one) => one.contract === contract);
  const parameter = set?.members.find((one) => one.member === member);
  if (set && parameter) {
    const value = wholeNumber(values, what);
    const [least, most] = parameter.bounds ?? [value, value];
    if (value < least || value > most) throw bad(`${what} must lie between ${least} and ${most}.`, what);
    const words = `${what} from ${parameter.value} to ${value}`;
    if (parameter.setter !== 'setParameters') return complete(client, contract, parameter.setter, [value], words);
    const struct: Record<string, bigint | bigint[]> = {};
    for (const one of set.members.filter(({ setter }) => setter === parameter.setter)) {
      const [name, index] = one.member.split('.') as [string, string?];
      const next = one === parameter ? value : one.value;
      if (index === undefined) struct[name] = next;
      else struct[name] = [...((struct[name] as bigint[] | undefined) ?? []), next];
    }
    return complete(client, contract, parameter.setter, [struct], words);
  }
  const fn = functionOf(abiOf(contract), member);
  if (fn === undefined || fn.stateMutability === 'view' || fn.stateMutability === 'pure') {
    throw bad(`There is nothing named "${what}" to change.`, what);
  }
  const args = argumentsOf(fn, values, what);
  return complete(client, contract, member, args, `${what}(${values.join(', ')})`);
}

async function complete(
  client: ChainClient,
  contract: ContractName,
  functionName: string,
  args: readonly unknown[],
  words: string,
): Promise<PlannedChange> {
  const { public: node, deployment } = client;
  const target = deployment.contracts[contract];
  const abi = abiOf(contract);
  const data = encode(abi, functionName, args, words);
  const role = await decodingErrors(
    node.readContract({
      ...{ address: deployment.contracts.accessManager, abi: accessManagerAbi, functionName: 'getTargetFunctionRole' },
      args: [target, toFunctionSelector(functionOf(abi, functionName)!)],
    }),
  );
  return { contract, functionName, target, data, role, words };
}

function encode(abi: ReturnType<typeof abiOf>, functionName: string, args: readonly unknown[], words: string): Hex {
  try {
    return encodeFunctionData({ abi, functionName, args });
  } catch (cause) {
    throw bad(`The values do not fit: ${words}.`, words, cause);
  }
}

function argumentsOf({ inputs }: AbiFunction, values: readonly string[], what: string): unknown[] {
  if (inputs.length !== values.length) {
    const wanted = inputs.map(({ type, name }) => `${name ?? ''} (${type})`).join(', ');
    throw bad(`${what} takes ${inputs.length} values${wanted === '' ? '' : `: ${wanted}`}.`, what);
  }
  return inputs.map((input, index) => argumentOf(input, values[index]!, what));
}

function argumentOf({ type, name = '' }: AbiParameter, text: string, what: string): unknown {
  if (type === 'bool' && /^(true|false)$/.test(text)) return text === 'true';
  if (/^u?int\d*$/.test(type) && /^-?\d+$/.test(text)) return BigInt(text);
  if ((type === 'address' || type.startsWith('bytes')) && /^0x[0-9a-fA-F]*$/.test(text)) return text;
  if (type === 'string') return text;
  throw bad(`"${text}" is no ${type} for ${name} of ${what}.`, what);
}

function wholeNumber(values: readonly string[], what: string): bigint {
  if (values.length === 1 && /^\d+$/.test(values[0]!)) return BigInt(values[0]!);
  throw bad(`${what} takes one whole number.`, what);
}

const bad = (message: string, place: string, cause?: unknown): Error =>
  chainError({
    ...{ code: 'chain.badChange', message, place, cause },
    hint: '`encryptech team show` lists all parameters with their bounds, and all functions with their roles.',
  });
