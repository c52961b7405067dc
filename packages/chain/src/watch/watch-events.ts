import type { Address } from '@encryptech/base';
import type { ChainClient } from '../client/create-chain-client.ts';
import { decodeChainError } from '../client/decode-chain-error.ts';
import type { ContractName } from '../deployment.ts';
import { contractAt, decodeEvent, placeOf, type ChainEvent } from '../indexer/chain-event.ts';
import { readBatch, type BlockRef } from '../indexer/read-batch.ts';
import { silentLog, type Log } from '../log.ts';
import { pause } from './pause.ts';

/** How many seen blocks a watcher compares with the chain; a deeper reorganisation makes it begin again. */
const REMEMBERED = 256;
const LONGEST_PAUSE_MS = 30_000;

export interface WatchOptions {
  /** First block to look at; by default the deployment's. A daemon that keeps a cursor passes it: events may come twice. */
  fromBlock?: bigint;
  /** Ends the watch. */
  signal: AbortSignal;
  log?: Log;
  /** Most blocks of one look; by default 2,000. */
  maxBlocks?: number;
}

/** What a watcher tells. */
export type EventWatch<Event extends ChainEvent = ChainEvent> =
  | { kind: 'event'; event: Event }
  /** Events above `block` did not happen; those of the chain as it is now follow. */
  | { kind: 'rollback'; block: bigint }
  /** All blocks up to `block` were told; a daemon may keep it as its cursor. */
  | { kind: 'reached'; block: bigint };

/**
 * The events of some contracts as they happen, from `fromBlock` on, in order. Outages of the node are waited out with growing
 * pauses; a reorganisation, or a chain that went back to an older state, is told as a rollback. After it, and after a restart,
 * events may come again: what a daemon does about them must be safe to repeat, as the writes of this package are by their keys.
 *
 * @example
 * for await (const told of watchEvents(client, ['rewards'], { signal })) {
 *   if (told.kind === 'event' && told.event.key === 'rewards.Claimed') say(told.event.args);
 * }
 */
export async function* watchEvents<const Contract extends ContractName>(
  client: ChainClient,
  contracts: readonly Contract[],
  options: WatchOptions,
): AsyncGenerator<EventWatch<Extract<ChainEvent, { contract: Contract }>>, void, void> {
  const { signal, log = silentLog, maxBlocks } = options;
  const addresses: Address[] = contracts.map((name) => client.deployment.contracts[name]);
  const firstBlock = options.fromBlock ?? BigInt(client.deployment.deployedAtBlock);
  let seen: BlockRef[] = [];
  let reached = firstBlock - 1n;
  const trail = {
    tip: () => Promise.resolve(seen.at(-1)),
    before: (number: bigint) => Promise.resolve(seen.findLast((block) => block.number < number)),
  };
  for (let failures = 0; !signal.aborted;) {
    try {
      const batch = await readBatch(client.public, {
        ...{ addresses, firstBlock, trail },
        ...(maxBlocks === undefined ? {} : { maxBlocks }),
      });
      failures = 0;
      if (batch.kind === 'idle') {
        // A chain that went back to before anything seen has no block to compare.
        if (seen.length === 0 && batch.head < reached) {
          reached = batch.head;
          yield { kind: 'rollback', block: reached };
        }
        await pause(client.pollMs, signal);
        continue;
      }
      if (batch.kind === 'rollback') {
        seen = seen.filter((block) => block.number <= batch.to);
        reached = batch.to;
        yield { kind: 'rollback', block: reached };
        continue;
      }
      const blocks = new Map<bigint, BlockRef>([[batch.to.number, batch.to]]);
      const events: ChainEvent[] = [];
      for (const entry of batch.logs) {
        const contract = contractAt(client.deployment, entry.address)!;
        const event = decodeEvent(contract, entry, placeOf(entry, batch.times.get(entry.blockNumber)!));
        if (event) events.push(event);
        blocks.set(entry.blockNumber, { number: entry.blockNumber, hash: entry.blockHash });
      }
      const fresh = [...blocks.values()].sort((a, b) => Number(a.number - b.number));
      seen = [...seen, ...fresh].slice(-REMEMBERED);
      for (const event of events) {
        if (signal.aborted) return;
        yield { kind: 'event', event: event as Extract<ChainEvent, { contract: Contract }> };
      }
      reached = batch.to.number;
      yield { kind: 'reached', block: reached };
    } catch (cause) {
      const error = decodeChainError(cause);
      const pauseMs = Math.min(LONGEST_PAUSE_MS, client.pollMs * 2 ** failures++);
      log.warn({ code: error.code, error: error.message, pauseMs }, 'The watch waits');
      await pause(pauseMs, signal);
    }
  }
}
