import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openMarket, type Market } from '../../test/open-market.ts';
import { createProxy, type RpcProxy } from '../../test/rpc-proxy.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { createChainClient, type ChainClient } from '../client/create-chain-client.ts';
import { watchJobs, type JobWatch } from './watch-jobs.ts';

let net: TestNetwork;
let market: Market;
let proxy: RpcProxy;
let client: ChainClient;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
  proxy = await createProxy(net.chain.rpcUrl);
  client = createChainClient({ rpcUrl: proxy.url, deployment: net.deployment, pollMs: 5, retries: 0 });
});
afterAll(async () => {
  await proxy.close();
  await net.stop();
});
beforeEach(() => proxy.obey(() => 'pass'));

const nameOf = (told: JobWatch): string =>
  told.kind === 'event' ? told.event.event : told.kind === 'rollback' ? `rollback to ${told.block}` : 'reached';

/** What the watcher tells until `enough` says so; "reached" is left out. */
async function told(fromBlock: bigint, enough: (names: string[]) => boolean | Promise<boolean>): Promise<string[]> {
  const aborter = new AbortController();
  const names: string[] = [];
  for await (const entry of watchJobs(client, { fromBlock, signal: aborter.signal })) {
    if (entry.kind !== 'reached') names.push(nameOf(entry));
    if (await enough(names)) aborter.abort();
  }
  return names;
}

const head = (): Promise<bigint> => net.client.public.getBlockNumber();

test('tells what happened before it began and what happens after, in order', async () => {
  const from = (await head()) + 1n;
  const match = await market.newMatch(1n);
  await market.propose(match);
  let going = false;
  const names = await told(from, async (soFar) => {
    if (soFar.length === 1 && !going) {
      going = true;
      await market.start(match);
      await market.deliver(match);
    }
    return soFar.length === 4;
  });
  expect(names).toEqual(['Matched', 'Started', 'KeyReleaseRecorded', 'Delivered']);
});

test('asks for fewer blocks at once where the node will not answer for many', async () => {
  const asked: number[] = [];
  proxy.obey((method, params) => {
    if (method !== 'eth_getLogs') return 'pass';
    const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
    const blocks = Number(toBlock) - Number(fromBlock) + 1;
    asked.push(blocks);
    return blocks > 4 ? { refuse: 'query exceeds max block range 4' } : 'pass';
  });
  const reached: bigint[] = [];
  const aborter = new AbortController();
  for await (const entry of watchJobs(client, { signal: aborter.signal })) {
    if (entry.kind === 'reached') reached.push(entry.block);
    if (reached.at(-1) === (await head())) aborter.abort();
  }
  expect(Math.max(...asked)).toBeGreaterThan(4);
  expect(reached.length).toBeGreaterThan(2);
});

test('survives an outage of the node', async () => {
  const from = (await head()) + 1n;
  proxy.obey(() => 'fail');
  const watching = told(from, (names) => names.length === 1);
  await market.propose(await market.newMatch(2n));
  await new Promise((resolve) => setTimeout(resolve, 30));
  proxy.obey(() => 'pass');
  expect(await watching).toEqual(['Matched']);
});

test('tells a rollback when the chain comes back in an older state, then the events of the new history', async () => {
  const from = (await head()) + 1n;
  const third = await market.newMatch(3n);
  await market.propose(third);
  const kept = await head();
  const snapshot = await net.chain.client.snapshot();
  await market.propose(await market.newMatch(4n));
  let went = false;
  const names = await told(from, async (soFar) => {
    if (soFar.length === 2 && !went) {
      went = true;
      await net.chain.client.revert({ id: snapshot });
      await market.start(third);
    }
    return soFar.length === 4;
  });
  expect(names).toEqual(['Matched', 'Matched', `rollback to ${kept}`, 'Started']);
});

test('a node that goes back to before anything watched is told as well', async () => {
  const snapshot = await net.chain.client.snapshot();
  await net.chain.client.mine({ blocks: 2 });
  const from = (await head()) + 1n;
  const aborter = new AbortController();
  const watch = watchJobs(client, { fromBlock: from, signal: aborter.signal });
  const first = watch.next();
  await net.chain.client.revert({ id: snapshot });
  expect((await first).value).toEqual({ kind: 'rollback', block: await head() });
  aborter.abort();
  await watch.return();
});

test('ends at once when aborted', async () => {
  const aborter = new AbortController();
  aborter.abort();
  const { done } = await watchJobs(client, { signal: aborter.signal }).next();
  expect(done).toBe(true);
});
