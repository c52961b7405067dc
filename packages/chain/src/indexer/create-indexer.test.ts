import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asc, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { intentStoreSuite } from '../../test/intent-store-suite.ts';
import { openMarket, type Market } from '../../test/open-market.ts';
import { createProxy } from '../../test/rpc-proxy.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { startPostgres, type TestPostgres } from '../../test/start-postgres.ts';
import { jobsAbi } from '../abis.ts';
import { createChainClient } from '../client/create-chain-client.ts';
import { openDatabase, type Database, type OpenDatabase } from '../database/open-database.ts';
import { createDatabaseIntentStore } from '../intents/create-database-intent-store.ts';
import { CHAIN_MIGRATIONS } from '../migrations.ts';
import { findBalance } from '../queries/find-balance.ts';
import { findDataset } from '../queries/find-dataset.ts';
import { findJob } from '../queries/find-job.ts';
import { jobTimeline } from '../queries/job-timeline.ts';
import { listDatasets } from '../queries/list-datasets.ts';
import { listJobs } from '../queries/list-jobs.ts';
import { listProviders } from '../queries/list-providers.ts';
import { accountBalances } from '../read/account-balances.ts';
import { datasetBudget } from '../read/dataset-budget.ts';
import { jobState } from '../read/job-state.ts';
import { providerFacts } from '../read/provider-facts.ts';
import { cancel } from '../write/cancel.ts';
import { close } from '../write/close.ts';
import { expire } from '../write/expire.ts';
import { retireDataset } from '../write/retire-dataset.ts';
import type { ChainEvent } from './chain-event.ts';
import { createIndexer, type Indexer } from './create-indexer.ts';
import { eventsTable } from './index-tables.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
let market: Market;
let postgres: TestPostgres | { missing: string };
const dir = mkdtempSync(join(tmpdir(), 'encryptech-index-'));

beforeAll(async () => {
  [net, postgres] = await Promise.all([startNetwork(), startPostgres()]);
  market = await openMarket(net);
  if ('missing' in postgres) {
    process.stdout.write(`SKIPPED: the index on a real PostgreSQL server (${postgres.missing})\n`);
  }
});
afterAll(async () => {
  await net.stop();
  if ('stop' in postgres) await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
});

const reset = (db: Database) =>
  db.execute(
    sql`truncate chain_index, chain_blocks, chain_events, chain_jobs, chain_datasets, chain_providers, chain_balances`,
  );

/** The index says what the contracts say, about everything that was touched. */
async function agreesWithChain(db: Database): Promise<void> {
  const { client } = net;
  for (const job of await listJobs(db)) {
    const chain = await jobState(client, job.jobId as never);
    expect(job).toMatchObject({
      ...{ state: chain.state, attempt: chain.attempt, paidSteps: chain.paidSteps, provider: chain.provider },
      ...{ developer: chain.developer, escrow: chain.escrow, stakeLocked: chain.stakeLocked },
      ...{ checkpointStep: chain.checkpointStep, keyReleased: chain.keyReleased },
    });
    expect(job.budget === 'held').toBe(chain.budgetHeld);
  }
  for (const { address } of Object.values(market.people)) {
    expect(await findBalance(db, address)).toBe((await accountBalances(client, address)).deposit);
  }
  const fees = await client.public.readContract({
    ...{ address: net.deployment.contracts.jobs, abi: jobsAbi, functionName: 'uncollectedFees' },
  });
  expect(await findBalance(db, net.deployment.contracts.treasury)).toBe(fees);
  const budget = await datasetBudget(client, market.datasetId);
  expect(await findDataset(db, market.datasetId)).toMatchObject(budget.words);
  const [provider] = await listProviders(db, { active: true });
  const facts = await providerFacts(client, market.people.provider.address);
  expect(provider).toMatchObject({ url: facts.url, speed: facts.speed, locked: facts.lockedStake });
}

function indexSuite(name: string, openDb: () => Promise<OpenDatabase | undefined>): void {
  describe(`the index on ${name}`, () => {
    let opened: OpenDatabase | undefined;
    let snapshot: `0x${string}`;
    let nonce = 0n;
    beforeAll(async () => {
      opened = await openDb();
    });
    afterAll(() => opened?.close());
    beforeEach(async (context) => {
      if (opened === undefined) return context.skip();
      await reset(opened.db);
      snapshot = await net.chain.client.snapshot();
      nonce += 10n;
    });
    afterEach(() => opened && net.chain.client.revert({ id: snapshot }));
    const db = (): Database => opened!.db;
    const index = (): Promise<Indexer> => createIndexer({ client: net.client, db: db() });

    test('follows a job to its end; every amount agrees with the contracts at every step', async () => {
      const indexer = await index();
      const match = await market.newMatch(nonce);
      const jobId = market.jobOf(match);
      const steps = [
        () => market.propose(match),
        () => market.start(match),
        () => market.checkpoint(match, 120),
        () => market.deliver(match),
        () => net.chain.advanceTime(8),
        () => market.settle(match),
      ];
      for (const step of steps) {
        await step();
        await indexer.catchUp();
        await agreesWithChain(db());
      }
      const job = await findJob(db(), jobId);
      expect(job).toMatchObject({
        ...{ state: 'Settled', budget: 'spent', price: 100n * ENC, providerPaid: 95n * ENC, treasuryPaid: 5n * ENC },
        ...{ datasetPaid: 20n * ENC, refunded: 105n * ENC, order: { nonce: nonce.toString(), steps: 400 } },
      });
      expect(job?.enclaveSig).toMatch(/^0x[0-9a-f]{130}$/);
      const timeline = await jobTimeline(db(), jobId);
      expect(timeline.map(({ event, reason }) => [event, reason?.code])).toEqual([
        ['Matched', undefined],
        ['Started', undefined],
        ['KeyReleaseRecorded', undefined],
        ['Checkpointed', undefined],
        ['Delivered', undefined],
        ['Settled', 'paid'],
      ]);
      expect(timeline[0]!.data).toMatchObject({ escrow: (225n * ENC).toString(), attempt: 1 });
      expect(timeline.every(({ at }) => Math.abs(at - Date.now() / 1000) < 600_000)).toBe(true);
    });

    test('refusals, missed deadlines, cancellations and closings carry their reasons', async () => {
      const indexer = await index();
      const match = await market.newMatch(nonce);
      const jobId = market.jobOf(match);
      await market.propose({ ...match, rate: ENC });
      await indexer.catchUp();
      expect(await findJob(db(), jobId)).toBeUndefined();
      await market.propose(match);
      await net.chain.advanceTime(100);
      await expire(market.writers.owner, { jobId, attempt: 1 });
      await market.propose(match);
      await market.start(match, 2);
      await market.checkpoint(match, 200, 2);
      await net.chain.advanceTime(1_000);
      await expire(market.writers.owner, { jobId, attempt: 2 });
      await cancel(market.writers.developer, { order: match.order, jobId });
      const other = await market.newMatch(nonce + 1n);
      await market.propose(other);
      await market.start(other);
      await net.chain.advanceTime(1_000);
      await expire(market.writers.owner, { jobId: market.jobOf(other), attempt: 1 });
      await close(market.writers.owner, { order: other.order, jobId: market.jobOf(other) });
      await indexer.catchUp();
      await agreesWithChain(db());
      expect((await jobTimeline(db(), jobId)).map(({ event, reason }) => [event, reason?.code])).toEqual([
        ['MatchRefused', 'chain.jobsRateOutOfRange'],
        ['Matched', undefined],
        ['Expired', 'startMissed'],
        ['Matched', undefined],
        ['Started', undefined],
        ['KeyReleaseRecorded', undefined],
        ['Checkpointed', undefined],
        ['Expired', 'deliveryMissed'],
        ['Cancelled', 'closed'],
        ['BudgetClosed', 'lossSpent'],
      ]);
      expect((await jobTimeline(db(), market.jobOf(other))).slice(-2).map(({ reason }) => reason?.code)).toEqual([
        ...['closed', 'lossReleased'],
      ]);
      // 200 of 400 steps of 100 ENC, less 5 %; the owner with the first paid part.
      expect(await findJob(db(), jobId)).toMatchObject({
        ...{ state: 'Cancelled', attempt: 2, providerPaid: (95n * ENC) / 2n, datasetPaid: 20n * ENC, budget: 'spent' },
      });
      expect(await listJobs(db(), { states: ['Cancelled'], limit: 1 })).toHaveLength(1);
    });

    test('a reorganisation: what is not on the chain any more leaves no trace', async () => {
      const rolledBack: bigint[] = [];
      const indexer = await createIndexer({
        client: net.client,
        db: db(),
        onRollback: (block) => rolledBack.push(block),
      });
      const kept = await market.newMatch(nonce);
      await market.propose(kept);
      await indexer.catchUp();
      const before = await db().select().from(eventsTable).orderBy(asc(eventsTable.block), asc(eventsTable.logIndex));
      const tip = await indexer.block();
      const dropped = await market.newMatch(nonce + 1n);
      await market.propose(dropped);
      await market.start(kept);
      await indexer.catchUp();
      expect(await findJob(db(), market.jobOf(dropped))).toBeDefined();
      await net.chain.client.request({ method: 'anvil_reorg' as never, params: [2, []] as never });
      await indexer.catchUp();
      expect(rolledBack).toEqual([tip]);
      expect(await findJob(db(), market.jobOf(dropped))).toBeUndefined();
      expect(await findJob(db(), market.jobOf(kept))).toMatchObject({ state: 'Matched', deliverBy: null });
      expect(await db().select().from(eventsTable).orderBy(asc(eventsTable.block), asc(eventsTable.logIndex))).toEqual(
        before,
      );
      await agreesWithChain(db());
    });

    test('a chain that came back in an older state, below the cursor', async () => {
      const indexer = await index();
      await indexer.catchUp();
      const old = await net.chain.client.snapshot();
      const match = await market.newMatch(nonce);
      await market.propose(match);
      await market.start(match);
      await indexer.catchUp();
      await net.chain.client.revert({ id: old });
      expect((await indexer.step()).kind).toBe('rollback');
      await indexer.catchUp();
      expect(await findJob(db(), market.jobOf(match))).toBeUndefined();
      await agreesWithChain(db());
      // And on: another history of the same length.
      await market.propose(await market.newMatch(nonce + 2n));
      await market.propose(await market.newMatch(nonce + 3n));
      await indexer.catchUp();
      expect(await listJobs(db())).toHaveLength(2);
      await agreesWithChain(db());
    });

    test('downtime: a late indexer reads all of it in small batches; a second one on the database adds nothing twice', async () => {
      const match = await market.newMatch(nonce);
      await market.propose(match);
      await market.start(match);
      const seen: ChainEvent[] = [];
      const onEvents = (events: readonly ChainEvent[]): void => void seen.push(...events);
      const [one, two] = await Promise.all([
        createIndexer({ client: net.client, db: db(), maxBlocks: 3, onEvents }),
        createIndexer({ client: net.client, db: db(), maxBlocks: 3, onEvents }),
      ]);
      for (let idle = 0; idle < 2;) {
        const steps = await Promise.all([one.step(), two.step()]);
        idle = steps.filter(({ kind }) => kind === 'idle').length;
      }
      const places = seen.map(({ block, logIndex }) => `${block}.${logIndex}`);
      expect(new Set(places).size).toBe(places.length);
      expect(await db().$count(eventsTable)).toBe(places.length);
      await agreesWithChain(db());
    });
  });
}

indexSuite('PGlite', () => openDatabase({ dir, migrations: [CHAIN_MIGRATIONS] }));
indexSuite('PostgreSQL', async () =>
  'url' in postgres ? openDatabase({ url: postgres.url, migrations: [CHAIN_MIGRATIONS] }) : undefined,
);

describe('on PostgreSQL', () => {
  test('several processes that start at once migrate one after the other', async (context) => {
    if (!('url' in postgres)) return context.skip();
    const { url } = postgres;
    const opened = await Promise.all([1, 2, 3].map(() => openDatabase({ url, migrations: [CHAIN_MIGRATIONS] })));
    expect(await opened[2]!.db.$count(eventsTable)).toBeGreaterThanOrEqual(0);
    await Promise.all(opened.map((one) => one.close()));
  });

  test('a server that is not there is named', async () => {
    await expect(
      openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', migrations: [CHAIN_MIGRATIONS] }),
    ).rejects.toMatchObject({ code: 'chain.databaseFailed', retry: 'later' });
  });
});

test('an outage of the node is waited out, and ends when aborted', async () => {
  // The folder that the suite above left.
  const { db, close: closeDb } = await openDatabase({ dir, migrations: [CHAIN_MIGRATIONS] });
  await reset(db);
  const proxy = await createProxy(net.chain.rpcUrl);
  const client = createChainClient({ rpcUrl: proxy.url, deployment: net.deployment, pollMs: 5, retries: 0 });
  const aborter = new AbortController();
  const caught = Promise.withResolvers<void>();
  const indexer = await createIndexer({
    ...{ client, db },
    onEvents: (events) => {
      if (events.some(({ key }) => key === 'datasets.DatasetRetired')) caught.resolve();
    },
  });
  await indexer.catchUp();
  proxy.obey(() => 'fail');
  const running = indexer.run(aborter.signal);
  await retireDataset(market.writers.owner, { datasetId: market.datasetId });
  await new Promise((resolve) => setTimeout(resolve, 50));
  proxy.obey(() => 'pass');
  await caught.promise;
  aborter.abort();
  await running;
  expect(await listDatasets(db)).toEqual([]);
  expect(await listDatasets(db, { withRetired: true })).toHaveLength(1);

  // One process at a time on a folder; another deployment's index is not overwritten; a restart goes on.
  await expect(openDatabase({ dir, migrations: [CHAIN_MIGRATIONS] })).rejects.toMatchObject({
    code: 'chain.databaseFailed',
  });
  await db.execute(sql`update chain_index set jobs = '0x0000000000000000000000000000000000000001'`);
  await expect(createIndexer({ client: net.client, db })).rejects.toMatchObject({ code: 'chain.wrongChain' });
  await closeDb();
  await proxy.close();
});

describe('the intents of a daemon on PostgreSQL', () => {
  let opened: OpenDatabase | undefined;
  beforeAll(async () => {
    if ('url' in postgres) opened = await openDatabase({ url: postgres.url, migrations: [CHAIN_MIGRATIONS] });
  });
  afterAll(() => opened?.close());
  beforeEach((context) => {
    if (opened === undefined) context.skip();
  });
  intentStoreSuite('PostgreSQL', {
    open: async () => {
      await opened!.db.execute(sql`truncate chain_intents`);
      return createDatabaseIntentStore(opened!.db);
    },
    reopen: async () => createDatabaseIntentStore(opened!.db),
  });
});
