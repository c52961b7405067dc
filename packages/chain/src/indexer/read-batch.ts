import type { Address, Hex } from '@encryptech/base';
import type { Block, Log, PublicClient } from 'viem';
import { decodeChainError, decodingErrors } from '../client/decode-chain-error.ts';

/** A block that was seen. */
export interface BlockRef {
  number: bigint;
  hash: Hex;
}

/** What was seen so far. Not every block need be on it: the more there are, the less a reorganisation undoes. */
export interface Trail {
  tip(): Promise<BlockRef | undefined>;
  /** The newest seen block below that number. */
  before(number: bigint): Promise<BlockRef | undefined>;
}

export type Batch =
  | { kind: 'idle'; head: bigint }
  /** Everything above block `to` is not on the chain any more. */
  | { kind: 'rollback'; to: bigint; head: bigint }
  | {
      kind: 'blocks';
      from: bigint;
      to: BlockRef & { at: number };
      head: bigint;
      logs: MinedLog[];
      times: Map<bigint, number>;
    };

export type MinedLog = Log<bigint, number, false>;

export interface BatchOptions {
  addresses: readonly Address[];
  /** The block to begin with when nothing was seen yet. */
  firstBlock: bigint;
  trail: Trail;
  /** Most blocks of a batch; by default 2,000, which every known provider of nodes allows. */
  maxBlocks?: number;
}

/**
 * What comes next on the chain after the trail's tip: new blocks with the contracts' logs, nothing, or word that the trail
 * leads off the chain, because of a reorganisation or because the chain went back to an older state.
 *
 * Logs that contradict the blocks around them (the chain changed between two answers) are thrown away and the batch reads
 * as idle; the next call sees the change.
 *
 * @throws `chain.unreachable` and what else the node says
 */
export async function readBatch(node: PublicClient, options: BatchOptions): Promise<Batch> {
  const { addresses, firstBlock, trail, maxBlocks = 2_000 } = options;
  const head = await decodingErrors(node.getBlockNumber());
  const tip = await trail.tip();
  if (tip && !(await isOnChain(node, tip, head))) {
    return { kind: 'rollback', to: await ancestorOf(node, tip, head, trail, firstBlock), head };
  }
  const from = tip ? tip.number + 1n : firstBlock;
  if (from > head) return { kind: 'idle', head };

  const first = await decodingErrors(node.getBlock({ blockNumber: from }));
  if (tip && first.parentHash !== tip.hash) return { kind: 'idle', head };
  const { logs, last } = await logsFrom(node, addresses, from, min(head, from + BigInt(maxBlocks) - 1n));
  const toNumber = last.number;
  const times = new Map<bigint, number>();
  for (const number of new Set(logs.map((log) => log.blockNumber))) {
    const block = number === toNumber ? last : await decodingErrors(node.getBlock({ blockNumber: number }));
    if (logs.some((log) => log.blockNumber === number && log.blockHash !== block.hash)) return { kind: 'idle', head };
    times.set(number, Number(block.timestamp));
  }
  const again = await decodingErrors(node.getBlock({ blockNumber: toNumber }));
  if (again.hash !== last.hash) return { kind: 'idle', head };
  logs.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
  return {
    kind: 'blocks',
    from,
    to: { number: toNumber, hash: last.hash, at: Number(last.timestamp) },
    head,
    logs,
    times,
  };
}

/** The logs of blocks `from` to `to`, or to an earlier block where the node will not answer for so many at once. */
async function logsFrom(
  node: PublicClient,
  addresses: readonly Address[],
  from: bigint,
  to: bigint,
): Promise<{ logs: MinedLog[]; last: Block<bigint, false, 'latest'> }> {
  for (let end = to; ; end = from + (end - from) / 2n) {
    // Its hash before the logs are read, to be compared with its hash afterwards.
    const last = await decodingErrors(node.getBlock({ blockNumber: end }));
    try {
      const logs = await node.getLogs({ address: [...addresses], fromBlock: from, toBlock: end });
      return { logs: logs as MinedLog[], last };
    } catch (error) {
      if (end === from || !TOO_MUCH.test(String(error))) throw decodeChainError(error);
    }
  }
}

/** How providers of nodes say that a range has too many blocks or logs. */
const TOO_MUCH = /block range|range (is )?too|too (many|large)|limit|exceed|query returned more|response size/i;

async function isOnChain(node: PublicClient, seen: BlockRef, head: bigint): Promise<boolean> {
  if (seen.number > head) return false;
  const block = await decodingErrors(node.getBlock({ blockNumber: seen.number }));
  return block.hash === seen.hash;
}

async function ancestorOf(
  node: PublicClient,
  tip: BlockRef,
  head: bigint,
  trail: Trail,
  firstBlock: bigint,
): Promise<bigint> {
  for (let seen = await trail.before(tip.number); seen; seen = await trail.before(seen.number)) {
    if (await isOnChain(node, seen, head)) return seen.number;
  }
  return firstBlock - 1n;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
