import type { Address, Hex } from '@encryptech/base';
import { decodeEventLog, isAddressEqual, type Abi, type ContractEventName, type GetEventArgs, type Log } from 'viem';
import { accessManagerAbi } from '../abis.ts';
import { governedAbis } from '../deploy/role-table.ts';
import { CONTRACT_NAMES, type ContractName, type Deployment } from '../deployment.ts';

/** The ABI under which each contract's events are read. */
const eventAbis = { accessManager: accessManagerAbi, ...governedAbis } as const satisfies Record<ContractName, Abi>;

type Args<A extends Abi, Name extends ContractEventName<A>> = GetEventArgs<
  A,
  Name,
  { EnableUnion: false; IndexedOnly: false; Required: true }
>;

/** Where and when an event happened. */
export interface EventPlace {
  block: bigint;
  blockHash: Hex;
  logIndex: number;
  transaction: Hex;
  /** Seconds since 1970. */
  at: number;
}

type EventsOf<Contract extends ContractName> = {
  [Name in ContractEventName<(typeof eventAbis)[Contract]>]: {
    /** Contract and event, such as `jobs.Matched`: two contracts have an event `Withdrawn`. */
    key: `${Contract}.${Name}`;
    contract: Contract;
    event: Name;
    args: Args<(typeof eventAbis)[Contract], Name>;
  };
}[ContractEventName<(typeof eventAbis)[Contract]>];

/** An event of a contract of the deployment, told apart by `key`. */
export type ChainEvent = { [Contract in ContractName]: EventsOf<Contract> }[ContractName] & EventPlace;

/** The event of that key. */
export type EventOf<Key extends ChainEvent['key']> = Extract<ChainEvent, { key: Key }>;

/** What to do about some events, by their keys. */
export type EventHandlers<Context extends readonly unknown[], Result> = {
  readonly [Key in ChainEvent['key']]?: (event: EventOf<Key>, ...context: Context) => Result;
};

/** What the handler of the event's key returns; `undefined` where there is none. */
export function handleEvent<Context extends readonly unknown[], Result>(
  handlers: EventHandlers<Context, Result>,
  event: ChainEvent,
  ...context: Context
): Result | undefined {
  const handler = handlers[event.key] as ((event: ChainEvent, ...context: Context) => Result) | undefined;
  return handler?.(event, ...context);
}

/** An event of the Jobs contract. */
export type JobEvent = Extract<ChainEvent, { contract: 'jobs' }>;

/** The contract of the deployment at that address. */
export function contractAt(deployment: Deployment, address: Address): ContractName | undefined {
  return CONTRACT_NAMES.find((name) => isAddressEqual(deployment.contracts[name], address));
}

/** The event in a log of that contract, or `undefined` for one that its ABI does not know. */
export function decodeEvent(
  contract: ContractName,
  log: { topics: readonly Hex[]; data: Hex },
  place: EventPlace,
): ChainEvent | undefined {
  const { block, blockHash, logIndex, transaction, at } = place;
  try {
    const topics = [...log.topics] as [Hex, ...Hex[]];
    const abi: Abi = eventAbis[contract];
    const { eventName: event, args = {} } = decodeEventLog({ abi, topics, data: log.data, strict: true });
    const decoded = { key: `${contract}.${event}`, contract, event, args };
    return { ...decoded, block, blockHash, logIndex, transaction, at } as unknown as ChainEvent;
  } catch {
    return undefined;
  }
}

/** Where a mined log stands. */
export const placeOf = (log: Log<bigint, number, false>, at: number): EventPlace => ({
  block: log.blockNumber,
  blockHash: log.blockHash,
  logIndex: log.logIndex,
  transaction: log.transactionHash,
  at,
});
