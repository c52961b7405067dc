import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import {
  CHAIN_MIGRATIONS,
  createChainClient,
  createDatabaseIntentStore,
  createIndexer,
  createIntentSender,
  listProviders,
  openDatabase,
  parseDeployment,
  type Log,
} from '@encryptech/chain';
import { toHex } from '@encryptech/base';
import { createFolderBlobStore } from '@encryptech/protocol/node';
import { readConfig, readNetworkFile, unlockKeystore } from '@encryptech/sdk/node';
import { privateKeyToAccount } from 'viem/accounts';
import { createBook } from './book/create-book.ts';
import { createChainClock } from './chain-clock.ts';
import { coordinatorConfigSchema, type CoordinatorConfig } from './config.ts';
import { createBeatBook } from './heartbeats/beat-book.ts';
import { createEpochClock } from './heartbeats/epoch-clock.ts';
import { createMonitor } from './heartbeats/create-monitor.ts';
import { createHttpApp } from './http/http-app.ts';
import { startServer } from './http/start-server.ts';
import { createOrderChecker } from './intake/order-checker.ts';
import { keepDeadlines } from './keeping/keep-deadlines.ts';
import { createUpkeep } from './keeping/create-upkeep.ts';
import { createMatcher } from './matching/create-matcher.ts';
import { countOpenOrders } from './matching/open-orders.ts';
import { createProviderReader } from './matching/provider-reader.ts';
import { createMetrics } from './metrics.ts';
import { MIGRATIONS } from './migrations.ts';
import { remember } from './remember.ts';
import { startLoops } from './start-loops.ts';

/** What is under way when the coordinator stops has that long; the next start takes it up again. */
const LONGEST_FAREWELL_MS = 1_200;
const LONGEST_SENDER_FAREWELL_MS = 300;
/** How long one look at the chain's head serves those who ask for what was registered a moment ago. */
const CATCH_UP_MS = 250;

export interface CoordinatorDeps {
  /** `DATABASE_URL` names a PostgreSQL server; `ENCRYPTECH_PASSPHRASE_FILE` the passphrase's file. */
  env?: Readonly<Record<string, string | undefined>>;
  log?: Log;
}

export interface Coordinator {
  readonly url: string;
  /** Stops within two seconds; what is under way on the chain is looked after at the next start. */
  stop(): Promise<void>;
}

/**
 * Starts a coordinator: order book and blobs over HTTP, an index of the chain, a matcher and a keeper of deadlines. What it
 * sends to the chain is written down first, so it can be stopped or killed at any point.
 *
 * @throws `sdk.badConfig` `sdk.noFile` `sdk.portTaken` `chain.databaseFailed` `chain.unreachable` `chain.wrongChain`,
 * and what unlocking the key store throws
 */
export async function startCoordinator(
  source: string | object,
  { env = {}, log = defaultLog() }: CoordinatorDeps = {},
): Promise<Coordinator> {
  const { config, base } = await readConfig(coordinatorConfigSchema, source, 'coordinator configuration');
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => log.warn({ error: String(error) }, 'Something was not closed'));
    }
  };
  let stopped: Promise<void> | undefined;
  try {
    const url = await start(withPaths(config, base), env, log, (closer) => void closers.push(closer));
    return { url, stop: () => (stopped ??= close().then(() => log.info({}, 'The coordinator stopped'))) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  config: CoordinatorConfig,
  env: NonNullable<CoordinatorDeps['env']>,
  log: Log,
  onStop: (closer: () => Promise<unknown>) => void,
): Promise<string> {
  const { client, account } = await openNetwork(config, env);
  await mkdir(config.dir, { recursive: true, mode: 0o700 });
  const database = await openDatabase({
    ...{ url: env['DATABASE_URL'], dir: join(config.dir, 'database') },
    ...{ migrations: [CHAIN_MIGRATIONS, MIGRATIONS], log },
  });
  onStop(() => database.close());
  const { db } = database;
  const book = createBook(db);
  const blobs = createFolderBlobStore({ folder: join(config.dir, 'blobs') });
  const checker = createOrderChecker({ blobs });
  onStop(() => checker.close());

  const sender = await createIntentSender({ client, account, store: createDatabaseIntentStore(db), log });
  onStop(() => withinTime(LONGEST_SENDER_FAREWELL_MS, sender.close()));
  const providers = createProviderReader({ client, db });
  // The loops need the index, and it tells them what happened. Before they run there is nobody to tell.
  const heard: { events?: () => void; rollback?: () => void } = {};
  const [onEvents, onRollback] = [() => heard.events?.(), () => heard.rollback?.()];
  const indexer = await createIndexer({ client, db, log, onEvents, onRollback });
  await indexer.catchUp();

  const clock = createChainClock(client);
  const indexedBlock = () => indexer.block();
  const metrics = createMetrics({ indexedBlock, openOrders: async () => countOpenOrders(db, await clock()) });
  const matcher = createMatcher({ client, db, book, providers, sender, metrics, log });
  const beats = createBeatBook(db);
  const slotNow = createEpochClock(client);
  const { chainId, contracts } = client.deployment;
  const monitor = createMonitor({
    ...{ clock: slotNow, domain: { chainId, capacity: contracts.capacity }, log },
    isKnown: async (account) => (await listProviders(db, { active: true, accounts: [account] })).length > 0,
    keep: (place, heard) => beats.add(place, heard),
  });
  const upkeep = createUpkeep({ client, writer: sender, db, beats, clock: slotNow, metrics, config, log });
  const loops = startLoops({
    ...{ indexer, sender, config, metrics, log, upkeep },
    monitor: (signal) => monitor.run(signal),
    match: () => matcher.clear(),
    keep: () => keepDeadlines({ client, writer: sender, db, metrics, onMissed: providers.rest, log }),
    sweep: async () => book.sweep(await clock()),
  });
  let stopServer = () => Promise.resolve();
  onStop(() => Promise.all([stopServer(), withinTime(LONGEST_FAREWELL_MS, loops.stop())]));
  heard.events = () => {
    providers.forget();
    loops.wake();
  };
  heard.rollback = () => {
    providers.forget();
    loops.recover();
    loops.wake();
  };

  const domain = { chainId, jobs: contracts.jobs };
  const catchUp = remember(CATCH_UP_MS, () => indexer.catchUp());
  const app = createHttpApp(
    {
      ...{ client, db, book, blobs, domain, clock, checker, catchUp, indexedBlock, providers, metrics, log },
      ...{ monitor, problems: loops.problems, onIntake: loops.wake },
    },
    { ...config, disk: config.dir },
  );
  const server = await startServer(app, config.listen);
  stopServer = () => server.stop();
  log.info({ url: server.url, matcher: account.address }, 'The coordinator serves');
  return server.url;
}

async function openNetwork(config: CoordinatorConfig, env: NonNullable<CoordinatorDeps['env']>) {
  const { rpcUrl, deployment } = await readNetworkFile(config.networkFile);
  const { pollMs } = config;
  const polling = pollMs === undefined ? {} : { pollMs };
  const client = createChainClient({ rpcUrl, deployment: parseDeployment(deployment), ...polling });
  const secret = await unlockKeystore(config.keystore, {
    passphraseFile: config.passphraseFile,
    passphraseFileOfEnvironment: env['ENCRYPTECH_PASSPHRASE_FILE'],
  });
  return { client, account: privateKeyToAccount(toHex(secret)) };
}

/** The configuration with absolute paths. */
function withPaths(config: CoordinatorConfig, base: string): CoordinatorConfig {
  const at = (path: string): string => resolve(base, path);
  const { dir, networkFile, keystore, passphraseFile } = config;
  return {
    ...config,
    ...{ dir: at(dir), networkFile: at(networkFile), keystore: at(keystore) },
    passphraseFile: passphraseFile === undefined ? undefined : at(passphraseFile),
  };
}

/** The promise, or no more waiting for it. */
function withinTime(ms: number, work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
  return Promise.race([work, impatience]).finally(() => clearTimeout(timer));
}

const defaultLog = (): Log => pino({ name: 'coordinator', redact: ['secret', 'privateKey', 'passphrase'] });
