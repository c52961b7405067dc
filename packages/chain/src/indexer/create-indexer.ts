import { isEncryptechError, type Hex } from '@encryptech/base';
import { and, desc, eq, lt } from 'drizzle-orm';
import { checkDeployment } from '../client/check-deployment.ts';
import type { ChainClient } from '../client/create-chain-client.ts';
import type { Database } from '../database/open-database.ts';
import { CONTRACT_NAMES } from '../deployment.ts';
import { chainError } from '../errors.ts';
import { silentLog, type Log } from '../log.ts';
import { pause } from '../watch/pause.ts';
import { applyEvents, type FoundEvent } from './apply-events.ts';
import { contractAt, decodeEvent, placeOf, type ChainEvent } from './chain-event.ts';
import type { Executor } from './entities.ts';
import { changesLedger } from './fold-dataset.ts';
import { blocksTable, indexTable } from './index-tables.ts';
import { readBatch, type Batch, type BlockRef } from './read-batch.ts';
import { readLedgers, saveLedgers } from './read-ledgers.ts';
import { rollBackEvents, subjectsAbove } from './roll-back-events.ts';
import { createTransactionReader } from './transaction-facts.ts';

/** Blocks without events are kept that long for comparison; below them, those with events do. */
const KEPT_BLOCKS = 5_000n;
const LONGEST_PAUSE_MS = 30_000;

export interface IndexerOptions {
  client: ChainClient;
  db: Database;
  log?: Log;
  /** Most blocks of one step; by default 2,000. */
  maxBlocks?: number;
  /** Called after events are in the index. */
  onEvents?: (events: readonly ChainEvent[]) => void;
  /** Called after everything above a block was taken out of the index: a sender's `recover` belongs here. */
  onRollback?: (block: bigint) => void;
}

/** What one step did. */
export type IndexStep =
  | { kind: 'idle'; block: bigint }
  | { kind: 'rollback'; block: bigint }
  | { kind: 'events'; block: bigint; events: readonly ChainEvent[] };

export interface Indexer {
  /** One step towards the head of the chain. Several processes may step on one database: each batch goes in once. */
  step(): Promise<IndexStep>;
  /** Steps until the head is reached; the block reached. */
  catchUp(): Promise<bigint>;
  /** Follows the chain until `signal` aborts; outages of node and database are waited out with growing pauses. */
  run(signal: AbortSignal): Promise<void>;
  /** The newest block in the index. */
  block(): Promise<bigint>;
}

/**
 * The indexer of a deployment in a database that holds this package's tables.
 *
 * @throws `chain.wrongChain` also when the database holds the index of another deployment; `chain.badDeployment` `chain.unreachable`
 */
export async function createIndexer(options: IndexerOptions): Promise<Indexer> {
  const { client, db, log = silentLog, maxBlocks } = options;
  const { deployment } = client;
  await checkDeployment(client);
  await claimIndex(db, client);
  const firstBlock = BigInt(deployment.deployedAtBlock);
  const addresses = CONTRACT_NAMES.map((name) => deployment.contracts[name]);

  const step = async (): Promise<IndexStep> => {
    const tip = await tipOf(db);
    const batch = await readBatch(client.public, {
      ...{ addresses, firstBlock },
      ...(maxBlocks === undefined ? {} : { maxBlocks }),
      trail: { tip: () => Promise.resolve(tip), before: (number) => blockBefore(db, number) },
    });
    if (batch.kind === 'idle') return { kind: 'idle', block: tip?.number ?? firstBlock - 1n };
    if (batch.kind === 'rollback') {
      await rollBack(batch.to, tip);
      return { kind: 'rollback', block: batch.to };
    }
    const events = await addBatch(batch, tip);
    return { kind: 'events', block: batch.to.number, events };
  };

  const rollBack = async (block: bigint, tip: BlockRef | undefined): Promise<void> => {
    const datasets = (await subjectsAbove(db, block)).filter((subject) => subject.startsWith('dataset:'));
    const ledgers = await readLedgers(
      client,
      datasets.map((subject) => subject.slice('dataset:'.length) as Hex),
    );
    const done = await db.transaction(async (tx) => {
      if (!(await stillAt(tx, tip))) return false;
      await rollBackEvents(tx, deployment, block);
      await saveLedgers(tx, ledgers);
      const [kept] = await tx.select().from(blocksTable).where(eq(blocksTable.number, block));
      await tx.update(indexTable).set({ block, hash: kept?.hash ?? null });
      return true;
    });
    if (!done) return;
    log.warn({ from: tip?.number.toString(), to: block.toString() }, 'The index rolled back');
    options.onRollback?.(block);
  };

  const addBatch = async (
    batch: Extract<Batch, { kind: 'blocks' }>,
    tip: BlockRef | undefined,
  ): Promise<ChainEvent[]> => {
    const found = await eventsOf(client, batch);
    const changed = found.flatMap(({ event }) =>
      changesLedger(event) && 'datasetId' in event.args ? [event.args.datasetId as Hex] : [],
    );
    const ledgers = await readLedgers(client, [...new Set(changed)]);
    const done = await db.transaction(async (tx) => {
      if (!(await stillAt(tx, tip))) return false;
      await applyEvents(tx, deployment, found);
      await saveLedgers(tx, ledgers);
      await noteBlocks(tx, batch, found);
      return true;
    });
    const events = done ? found.map(({ event }) => event) : [];
    if (events.length > 0) options.onEvents?.(events);
    return events;
  };

  return {
    step,
    async catchUp() {
      for (;;) {
        const { kind, block } = await step();
        if (kind === 'idle') return block;
      }
    },
    async run(signal) {
      for (let failures = 0; !signal.aborted;) {
        try {
          const { kind } = await step();
          failures = 0;
          if (kind === 'idle') await pause(client.pollMs, signal);
        } catch (cause) {
          const pauseMs = Math.min(LONGEST_PAUSE_MS, client.pollMs * 2 ** failures++);
          const code = isEncryptechError(cause) ? cause.code : 'database';
          log.warn({ code, error: cause instanceof Error ? cause.message : String(cause), pauseMs }, 'The index waits');
          await pause(pauseMs, signal);
        }
      }
    },
    block: async () => (await tipOf(db))?.number ?? firstBlock - 1n,
  };
}

/** Takes an empty database for this deployment, or makes sure that it already is this deployment's. */
async function claimIndex(db: Database, { deployment }: ChainClient): Promise<void> {
  const { chainId, genesisHash, contracts, deployedAtBlock } = deployment;
  const mine = { id: 1, chainId, genesisHash, jobs: contracts.jobs, block: BigInt(deployedAtBlock) - 1n, hash: null };
  await db.insert(indexTable).values(mine).onConflictDoNothing();
  const [row] = await db.select().from(indexTable);
  if (row?.chainId === chainId && row.genesisHash === genesisHash && row.jobs === contracts.jobs) return;
  throw chainError({
    code: 'chain.wrongChain',
    message: 'The database holds the index of another deployment.',
    hint: 'Use another database or folder for this one.',
    data: { chainId: row?.chainId ?? null, jobs: row?.jobs ?? null },
  });
}

async function tipOf(db: Executor): Promise<BlockRef | undefined> {
  const [row] = await db.select().from(indexTable);
  return row === undefined || row.hash === null ? undefined : { number: row.block, hash: row.hash };
}

async function blockBefore(db: Executor, number: bigint): Promise<BlockRef | undefined> {
  const newest = desc(blocksTable.number);
  const [row] = await db.select().from(blocksTable).where(lt(blocksTable.number, number)).orderBy(newest).limit(1);
  return row && { number: row.number, hash: row.hash };
}

/** True while nobody else moved the index; holds it for the rest of the transaction. */
async function stillAt(tx: Executor, tip: BlockRef | undefined): Promise<boolean> {
  const [row] = await tx.select().from(indexTable).for('update');
  return (row?.hash ?? undefined) === tip?.hash;
}

async function eventsOf(client: ChainClient, batch: Extract<Batch, { kind: 'blocks' }>): Promise<FoundEvent[]> {
  const factsOf = createTransactionReader(client);
  const found: FoundEvent[] = [];
  for (const log of batch.logs) {
    const contract = contractAt(client.deployment, log.address);
    const event = contract && decodeEvent(contract, log, placeOf(log, batch.times.get(log.blockNumber)!));
    if (event) found.push({ event, topics: log.topics, data: log.data, facts: await factsOf(event) });
  }
  return found;
}

async function noteBlocks(
  tx: Executor,
  { to }: Extract<Batch, { kind: 'blocks' }>,
  found: readonly FoundEvent[],
): Promise<void> {
  const blocks = new Map<bigint, typeof blocksTable.$inferInsert>();
  blocks.set(to.number, { ...to, hasEvents: false });
  for (const { event } of found) {
    blocks.set(event.block, { number: event.block, hash: event.blockHash, at: event.at, hasEvents: true });
  }
  await tx
    .insert(blocksTable)
    .values([...blocks.values()])
    .onConflictDoNothing();
  const old = and(eq(blocksTable.hasEvents, false), lt(blocksTable.number, to.number - KEPT_BLOCKS));
  await tx.delete(blocksTable).where(old);
  await tx.update(indexTable).set({ block: to.number, hash: to.hash });
}
