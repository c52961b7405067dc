import type { AbiEvent, Address, GetLogsReturnType } from 'viem';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodeChainError } from '../client/decode-chain-error.ts';

/** Blocks of one request; every known provider of nodes allows as many. */
const BLOCKS = 2_000n;
/** A node on this machine answers for far more at once. */
const LOCAL_BLOCKS = 200_000n;

/**
 * All events of one kind that a contract emitted since the deployment, up to and including a block, oldest first.
 *
 * @throws `chain.unreachable` and what else the node says
 */
export async function logsOf<const Event extends AbiEvent>(
  { public: node, deployment, pollMs }: ChainClient,
  { address, event, toBlock }: { address: Address; event: Event; toBlock: bigint },
): Promise<GetLogsReturnType<Event, [Event], true>> {
  const size = pollMs < 1_000 ? LOCAL_BLOCKS : BLOCKS;
  const found: GetLogsReturnType<Event, [Event], true> = [];
  for (let from = BigInt(deployment.deployedAtBlock); from <= toBlock; from += size) {
    const end = from + size - 1n;
    try {
      const range = { fromBlock: from, toBlock: end < toBlock ? end : toBlock };
      const logs = await node.getLogs({ address, event, strict: true, ...range });
      found.push(...(logs as unknown as GetLogsReturnType<Event, [Event], true>));
    } catch (error) {
      throw decodeChainError(error);
    }
  }
  return found;
}
