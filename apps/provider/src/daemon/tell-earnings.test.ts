import { Writable } from 'node:stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimRewards, providerRewards, tallyRewards } from '@encryptech/chain';
import { openWatchState } from '@encryptech/sdk/node';
import { openMarket, type Market } from '../../../../packages/chain/test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../../../packages/chain/test/start-network.ts';
import { keepTellingEarnings } from './tell-earnings.ts';

interface Line {
  msg: string;
  jobId?: string;
  paid?: string;
  share?: string;
  state?: string;
}

const ENC = 10n ** 18n;
const EPOCH_SEC = 60;
let net: TestNetwork;
let market: Market;
let dir: string;
/** Epochs that wait to be paid, as the last run knew them. */
const unclaimed = new Set<bigint>();
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
  dir = mkdtempSync(join(tmpdir(), 'encryptech-tell-'));
});
afterAll(async () => {
  await net.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** The lines of one run of the daemon, which ends when it has told everything up to the newest block. */
async function run(): Promise<Line[]> {
  const lines: Line[] = [];
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  const state = await openWatchState(join(dir, 'earnings.json'), net.deployment.genesisHash);
  const head = await net.client.public.getBlockNumber();
  const ending = new AbortController();
  const { client } = net;
  const account = market.people.provider.address;
  const options = { client, account, state, unclaimed, log: pino(out), signal: ending.signal };
  const telling = keepTellingEarnings(options);
  await expect.poll(() => (state.nextBlock ?? 0n) > head, { timeout: 20_000 }).toBe(true);
  ending.abort();
  await telling;
  await state.flush();
  return lines;
}

test('one line for each job, count and payment, each told once over restarts', async () => {
  const match = await market.newMatch(1n);
  await market.propose(match);
  await market.start(match);
  await market.deliver(match);
  expect(await run()).toEqual([]);
  await net.chain.advanceTime(10);
  await market.settle(match);
  const [job, ...rest] = await run();
  expect(rest).toEqual([]);
  // The match was read by the run before: a new one reads the chain again, and tells only what is new.
  expect(job).toMatchObject({ jobId: market.jobOf(match), paid: String(95n * ENC) });
  expect(job!.msg).toContain('95 ENC for work of 100 ENC at 0.1 ENC a unit (1000 units); treasury 5 ENC; reputation');
  expect(await run()).toEqual([]);

  const { provider } = market.people;
  const { epoch } = await providerRewards(net.client, provider.address);
  await net.chain.advanceTime(EPOCH_SEC);
  await tallyRewards(market.writers.matcher, { providers: [provider.address], key: 'tally' });
  const [counted] = await run();
  expect(counted).toMatchObject({ epoch: String(epoch), state: 'counting' });
  expect(counted!.msg).toContain('no bonus (answered 0.00 % of the heartbeats)');
  expect([...unclaimed]).toEqual([epoch]);
  await net.chain.advanceTime(EPOCH_SEC);
  await claimRewards(market.writers.matcher, { provider: provider.address, epochs: [epoch] });
  const [fetched] = await run();
  const { paid } = await providerRewards(net.client, provider.address);
  expect(fetched).toMatchObject({ state: 'fetched', share: String(paid), bonus: '0' });
  expect([...unclaimed]).toEqual([]);
});
