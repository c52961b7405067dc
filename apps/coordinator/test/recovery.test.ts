import { fork } from 'node:child_process';
import { join } from 'node:path';
import {
  cancel,
  createFileIntentStore,
  createIntentSender,
  deposit,
  jobsAbi,
  jobState,
  silentLog,
} from '@encryptech/chain';
import { grantFromJson, offerFromJson } from '@encryptech/protocol';
import type { JobId } from '@encryptech/base';
import { parseEventLogs } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createProxy, type Fate, type RpcProxy } from '../../../packages/chain/test/rpc-proxy.ts';
import { startPostgres } from '../../../packages/chain/test/start-postgres.ts';
import { createProposer } from '../src/matching/create-proposer.ts';
import { GRAPH } from './job-documents.ts';
import { ENC, openMarket, type Market } from './open-market.ts';
import { clientsOf, runCoordinator, writeConfig, type RunningCoordinator } from './run-coordinator.ts';
import { startNetwork, type TestNetwork } from './start-network.ts';
import { waitFor } from './wait-for.ts';

let net: TestNetwork;
let market: Market;
/** The coordinator's line to the chain. */
let line: RpcProxy;
let configFile: string;
let coordinator: RunningCoordinator | undefined;

beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
  line = await createProxy(net.chain.rpcUrl);
  configFile = await writeConfig(net, { name: 'coordinator', rpcUrl: line.url });
});
afterEach(async () => {
  line.obey(() => 'pass');
  await coordinator?.stop();
  coordinator = undefined;
});
afterAll(async () => {
  await line?.close();
  await net?.stop();
});

/** What each test begins with: the graph and a grant are there. */
const prepare = async ({ client, blobs }: ReturnType<typeof clientsOf>) => {
  await blobs.put(GRAPH);
  await client.postGrant(await market.grant());
};
const run = async (log = silentLog, env = {}) => {
  coordinator = await runCoordinator(configFile, log, env);
  await prepare(coordinator);
  return coordinator;
};
const jobIs = (jobId: JobId, expected: object) =>
  waitFor(async () => expect(await coordinator!.client.getJob(jobId)).toMatchObject(expected));
/** Events of that job on the chain, whatever any coordinator says. */
const eventsOf = async (jobId: JobId) => {
  const { public: node, deployment } = net.client;
  const logs = await node.getLogs({ address: deployment.contracts.jobs, fromBlock: 0n });
  const events = parseEventLogs({ abi: jobsAbi, logs }).filter(({ args }) => 'jobId' in args && args.jobId === jobId);
  return events.map(({ eventName }) => eventName);
};
const countMatches = async () => {
  const { public: node, deployment } = net.client;
  const logs = await node.getLogs({ address: deployment.contracts.jobs, fromBlock: 0n });
  return parseEventLogs({ abi: jobsAbi, logs, eventName: ['Matched', 'MatchRefused'] }).length;
};

test('stopped after the intake: nothing is lost, and the match is made after the start', async () => {
  const { client } = await run();
  const { jobId, order, body } = await market.order();
  await client.postOrder(body);
  await waitFor(async () => expect((await client.getJob(jobId)).reasons).toMatchObject([{ code: 'market.noOffers' }]));
  await coordinator!.stop();

  await run();
  expect(await coordinator!.client.getJob(jobId)).toMatchObject({ state: 'Open', orderSignature: body.signature });
  await coordinator!.client.postOffer(await market.offer(market.providers.alpha));
  await jobIs(jobId, { state: 'Matched', attempt: 1 });
  expect(await eventsOf(jobId)).toEqual(['Matched']);
  await cancel(market.writers.developer, { order, jobId });
});

/** Runs a coordinator in a process of its own until its match leaves for the chain, and kills it there. */
async function killAtMatch(fate: Fate) {
  const child = fork(join(import.meta.dirname, 'coordinator-process.ts'), [configFile], { stdio: 'inherit' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      child.once('message', (message) => resolve((message as { url: string }).url));
      child.once('exit', (code) => reject(new Error(`The coordinator ended with ${code}.`)));
    });
    line.obey((method) => {
      if (method !== 'eth_sendRawTransaction') return 'pass';
      child.kill('SIGKILL');
      return fate;
    });
    const ordered = await market.order();
    const { client, blobs } = clientsOf(url);
    await prepare({ client, blobs });
    await client.postOffer(await market.offer(market.providers.beta));
    // The answer may not come any more: the match leaves as soon as the order is in the book.
    await client.postOrder(ordered.body).catch(() => undefined);
    await gone;
    return ordered;
  } finally {
    child.kill('SIGKILL');
    line.obey(() => 'pass');
  }
}

test.each<[string, Fate]>([
  ['before the chain has the transaction', 'fail'],
  ['after the chain has it, before the answer is noted', 'pass without an answer'],
])('killed between the intent and its record, %s: matched once, and only once', async (_, fate) => {
  const before = await countMatches();
  const { jobId, order } = await killAtMatch(fate);
  if (fate === 'fail') expect(await jobState(net.client, jobId)).toMatchObject({ state: 'None' });
  const { client } = await run();
  await jobIs(jobId, { state: 'Matched', attempt: 1, provider: market.providers.beta.account.address });
  // The clearing is the one that the killed process wrote down; nothing was proposed again.
  expect((await client.getStatus()).market).toMatchObject({ openOrders: 0, lastClearing: { matches: 1, refusals: 0 } });
  expect(await eventsOf(jobId)).toEqual(['Matched']);
  expect(await countMatches()).toBe(before + 1);
  await cancel(market.writers.developer, { order, jobId });
  await jobIs(jobId, { state: 'Cancelled' });
});

describe('the chain goes back', () => {
  /** A log that tells when the index has rolled back. */
  const listen = () => {
    let rolledBack: () => void = () => undefined;
    const happened = new Promise<void>((resolve) => (rolledBack = resolve));
    const warn = (_: object, message: string) => message === 'The index rolled back' && rolledBack();
    return {
      happened,
      log: { ...silentLog, warn: (...said: Parameters<typeof silentLog.warn>) => void warn(...said) },
    };
  };

  test('to before a match: it is made again by itself', async () => {
    const { happened, log } = listen();
    const { client } = await run(log);
    const snapshot = await net.chain.client.snapshot();
    await client.postOffer(await market.offer(market.providers.beta));
    const { jobId, body, order } = await market.order();
    await client.postOrder(body);
    await jobIs(jobId, { state: 'Matched' });
    await net.chain.client.revert({ id: snapshot });
    await happened;
    await jobIs(jobId, { state: 'Matched', attempt: 1 });
    await waitFor(async () =>
      expect(await jobState(net.client, jobId)).toMatchObject({ state: 'Matched', attempt: 1 }),
    );
    await cancel(market.writers.developer, { order, jobId });
    await jobIs(jobId, { state: 'Cancelled' });
  });

  test('to before the deposit: the order waits for it, then it is matched again', async () => {
    const { happened, log } = listen();
    const { client } = await run(log);
    const { pauper } = market.people;
    const writer = net.writer(pauper);
    await net.give(pauper.address, 100n * ENC);
    const snapshot = await net.chain.client.snapshot();
    await deposit(writer, { amount: 50n * ENC, key: 'first' });
    const { jobId, body } = await market.order({}, pauper);
    await client.postOrder(body);
    await jobIs(jobId, { state: 'Matched' });
    await net.chain.client.revert({ id: snapshot });
    await happened;
    await waitFor(async () =>
      expect((await client.getJob(jobId)).reasons).toMatchObject([{ code: 'developer.balanceTooSmall' }]),
    );
    expect(await client.getJob(jobId)).toMatchObject({ state: 'Open' });
    await deposit(writer, { amount: 50n * ENC, key: 'second' });
    await jobIs(jobId, { state: 'Matched', attempt: 1 });
    expect(await eventsOf(jobId)).toEqual(['MatchRefused', 'Matched']);
  });
});

test('while the chain does not answer, what is known is served; afterwards the market goes on', async () => {
  const { client, url } = await run();
  await client.postOffer(await market.offer(market.providers.alpha));
  line.obey(() => 'fail');
  const { jobId, order, body } = await market.order();
  await client.postOrder(body);
  expect(await client.getJob(jobId)).toMatchObject({ state: 'Open' });
  expect((await client.getDatasets()).datasets).toHaveLength(1);
  await expect(client.getStatus()).rejects.toMatchObject({ code: 'chain.unreachable', retry: 'later' });
  await waitFor(async () => {
    const health = (await (await fetch(`${url}/health`)).json()) as object;
    expect(health).toMatchObject({
      status: 'degraded',
      problems: expect.arrayContaining(['keeping: chain.unreachable']) as string[],
    });
  });
  line.obey(() => 'pass');
  await jobIs(jobId, { state: 'Matched' });
  await cancel(market.writers.developer, { order, jobId });
});

test('a batch that is not mined in time is asked about again, never proposed anew', async () => {
  const account = net.chain.keys.named('matcher');
  const store = createFileIntentStore(join(net.dir, 'intents.jsonl'));
  const sender = await createIntentSender({ client: net.client, account, store, timeoutMs: 200 });
  const proposer = createProposer(sender);
  const { jobId, order, body } = await market.order();
  const [{ offer, signature: offerSig }, { grant, signature: grantSig }] = [
    await market.offer(market.providers.beta),
    await market.grant(),
  ];
  const match = {
    ...{ order, orderSig: body.signature, offer: offerFromJson(offer), offerSig },
    ...{ grant: grantFromJson(grant), grantSig, rate: ENC / 5n },
  };
  await net.chain.client.setAutomine(false);
  try {
    await expect(proposer.propose('batch', [match])).rejects.toMatchObject({ code: 'chain.notMined' });
    await expect(proposer.finish()).rejects.toMatchObject({ code: 'chain.notMined' });
  } finally {
    await net.chain.client.setAutomine(true);
    await net.chain.client.mine({ blocks: 1 });
  }
  expect(await waitFor(() => proposer.finish())).toMatchObject([{ matched: [jobId], refused: [] }]);
  expect(await proposer.finish()).toEqual([]);
  expect(await eventsOf(jobId)).toEqual(['Matched']);

  // What the contract refuses as a whole is over at once.
  await net.chain.client.setBalance({ address: account.address, value: 0n });
  await expect(proposer.propose('poor', [match])).rejects.toMatchObject({ code: 'chain.noGasMoney' });
  expect(await proposer.finish()).toEqual([]);
  await net.chain.fund(account.address);
  await cancel(market.writers.developer, { order, jobId });
  await sender.close();
  await store.close();
});

test('the same on a PostgreSQL server', async ({ skip }) => {
  const server = await startPostgres();
  if ('missing' in server) return skip(server.missing);
  try {
    const { client } = await run(silentLog, { DATABASE_URL: server.url });
    await client.postOffer(await market.offer(market.providers.alpha));
    const { jobId, body } = await market.order();
    await client.postOrder(body);
    await jobIs(jobId, { state: 'Matched', attempt: 1 });
    // The jobs of the other coordinator are in the list as well.
    expect((await client.getJobs()).jobs.map((job) => job.state)).toContain('Cancelled');
    await coordinator?.stop();
    coordinator = undefined;
  } finally {
    await server.stop();
  }
});
