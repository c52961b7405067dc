import type { Hex } from '@encryptech/base';
import { hashOrder, orderToJson } from '@encryptech/protocol';
import { decodeFunctionData, isAddressEqual } from 'viem';
import { jobsAbi } from '../abis.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodingErrors } from '../client/decode-chain-error.ts';
import type { ChainEvent } from './chain-event.ts';
import type { EventFacts } from './event-facts.ts';

/**
 * What the data of an event's transaction says beside the event: the order behind a match, the enclave's signature behind a
 * delivery. Nothing where another contract made the call.
 */
export function createTransactionReader(client: ChainClient): (event: ChainEvent) => Promise<EventFacts> {
  const { chainId, contracts } = client.deployment;
  const domain = { chainId, jobs: contracts.jobs };
  const calls = new Map<Hex, Promise<Call | undefined>>();
  const callOf = (hash: Hex): Promise<Call | undefined> => {
    const known = calls.get(hash) ?? readCall(client, hash);
    calls.set(hash, known);
    return known;
  };
  return async (event) => {
    if (event.key !== 'jobs.Matched' && event.key !== 'jobs.Delivered') return {};
    const call = await callOf(event.transaction);
    if (event.key === 'jobs.Matched' && call?.functionName === 'matchBatch') {
      const match = call.args[0].find(({ order }) => hashOrder(order, domain) === event.args.jobId);
      return match ? { order: orderToJson(match.order) } : {};
    }
    if (event.key === 'jobs.Delivered' && call?.functionName === 'deliver') {
      const [, receipt, enclaveSig] = call.args;
      return receipt.jobId === event.args.jobId ? { enclaveSig } : {};
    }
    return {};
  };
}

type Call = ReturnType<typeof decodeFunctionData<typeof jobsAbi>>;

async function readCall({ public: node, deployment }: ChainClient, hash: Hex): Promise<Call | undefined> {
  const { to, input } = await decodingErrors(node.getTransaction({ hash }));
  if (to === null || to === undefined || !isAddressEqual(to, deployment.contracts.jobs)) return undefined;
  try {
    return decodeFunctionData({ abi: jobsAbi, data: input });
  } catch {
    return undefined;
  }
}
