import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  accountBalances,
  claimCost,
  createFileIntentStore,
  createIntentSender,
  providerRewards,
  rewardsAbi,
  tallyRewards,
  type IntentSender,
} from '@encryptech/chain';
import { openMarket, type Market } from '../../../../packages/chain/test/open-market.ts';
import { startNetwork, type TestNetwork } from '../../../../packages/chain/test/start-network.ts';
import type { ProviderConfig } from '../config/provider-config.ts';
import { keepClaiming } from './keep-claiming.ts';

interface Line {
  level: number;
  msg: string;
  epochs?: string[];
  due?: string;
  share?: string;
  bonus?: string;
  gasEnc?: string;
  reason?: string;
}

const ENC = 10n ** 18n;
const EPOCH_SEC = 60;
const INFO = 30;
let net: TestNetwork;
let market: Market;
let dir: string;
let nonce = 0n;
beforeAll(async () => {
  net = await startNetwork();
  market = await openMarket(net);
  dir = mkdtempSync(join(tmpdir(), 'encryptech-claims-'));
});
afterAll(async () => {
  await net.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** The provider's durable writer, as a daemon has it after a restart. */
async function openSender(): Promise<IntentSender & { recovered: Promise<{ mined: string[] }>; end(): Promise<void> }> {
  const store = createFileIntentStore(join(dir, 'intents.jsonl'));
  const sender = await createIntentSender({ client: net.client, account: market.people.provider, store });
  const end = async (): Promise<void> => {
    await sender.close();
    await store.close();
  };
  return { ...sender, end };
}

/** One run of the daemon's part, until `isOver` or, without it, until it has said something; what it said. */
async function run(
  writer: IntentSender,
  unclaimed: ReadonlySet<bigint>,
  change: Partial<ProviderConfig['claims']> = {},
  isOver?: () => Promise<boolean>,
): Promise<Line[]> {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  const ending = new AbortController();
  const claims = { mode: 'on', worthTimes: 20, encPerCoin: 10_000n * ENC, ...change } as const;
  const running = keepClaiming({ client: net.client, writer, claims, unclaimed, log, signal: ending.signal });
  await expect
    .poll(() => isOver?.() ?? Promise.resolve(lines.length > 0), { timeout: 20_000, interval: 50 })
    .toBe(true);
  ending.abort();
  await running;
  return lines;
}

/** An epoch with a paid job whose reward can be fetched, and what it is. */
async function earn(): Promise<{ epoch: bigint; due: bigint }> {
  const { provider } = market.people;
  const match = await market.newMatch(++nonce);
  await market.propose(match);
  await market.start(match);
  await market.deliver(match);
  await net.chain.advanceTime(10);
  await market.settle(match);
  const { epoch } = await providerRewards(net.client, provider.address);
  await net.chain.advanceTime(EPOCH_SEC);
  await tallyRewards(market.writers.matcher, { providers: [provider.address], key: `tally${nonce}` });
  await net.chain.advanceTime(EPOCH_SEC);
  const { due } = await providerRewards(net.client, provider.address);
  return { epoch, due };
}

const payments = async () => {
  const { rewards } = net.deployment.contracts;
  const found = await net.client.public.getContractEvents({
    ...{ address: rewards, abi: rewardsAbi, eventName: 'Claimed', fromBlock: 0n, strict: true },
  });
  return found.map(({ args }) => ({ epoch: args.epoch, amount: args.share + args.bonus }));
};

test('what waits is fetched when it is worth its gas, and only then; switched off and dry runs fetch nothing; each says why', async () => {
  const { epoch, due } = await earn();
  const { address } = market.people.provider;
  const writer = await openSender();
  expect(await run(writer, new Set([epoch]), { mode: 'off' })).toMatchObject([
    { level: INFO, msg: 'Rewards are not fetched: the configuration says so (claims.mode is off)' },
  ]);
  const words = new RegExp(`: [\\d.]+ ENC of epoch ${epoch}$`);
  const [dry] = await run(writer, new Set([epoch]), { mode: 'dry-run' });
  expect(dry).toMatchObject({ level: INFO, due: String(due), epochs: [String(epoch)] });
  expect(dry!.msg).toMatch(/^Would fetch rewards \(claims.mode is dry-run\)/);
  expect(dry!.msg).toMatch(words);

  // Just not worth it: the price of a coin at which twenty times the gas is a little more than what waits.
  const gas = await claimCost(net.client, { sender: address, provider: address, epochs: [epoch] });
  const limit = (due * ENC) / (20n * gas);
  const [waits] = await run(writer, new Set([epoch]), { encPerCoin: limit * 2n });
  expect(waits).toMatchObject({ level: INFO, due: String(due) });
  expect(waits!.msg).toMatch(/^Rewards wait: /);
  expect(waits!.reason).toMatch(/^gas costs about [\d.]+ ENC at [\d.]+ ENC for a coin; fetched when it is worth 20 /);
  expect(20n * BigInt(waits!.gasEnc!)).toBeGreaterThan(due);
  expect(await payments()).toEqual([]);

  const before = (await accountBalances(net.client, address)).enc;
  const [fetched] = await run(writer, new Set([epoch]), { encPerCoin: limit / 2n });
  expect(fetched).toMatchObject({ level: INFO, share: String(due), bonus: '0', epochs: [String(epoch)] });
  expect(fetched!.msg).toMatch(/^Fetched rewards: share [\d.]+ ENC \+ bonus 0 ENC of epoch \d+$/);
  expect(fetched!.reason).toContain('fetched since it is worth 20 times that');
  expect(await payments()).toEqual([{ epoch, amount: due }]);
  expect((await accountBalances(net.client, address)).enc - before).toBe(due);
  await writer.end();
});

test('a claim that the end of the daemon cut short is decided by its next start, and made once', async () => {
  const { epoch, due } = await earn();
  const automine = (on: boolean) => net.client.public.request({ method: 'evm_setAutomine', params: [on] } as never);
  const [first, key] = [await openSender(), `claim:${market.people.provider.address}:${epoch}`];
  await automine(false);
  const isSent = async (): Promise<boolean> => (await first.find(key))?.status === 'sent';
  expect(await run(first, new Set([epoch]), {}, isSent)).toEqual([]);
  await first.end();
  await automine(true);
  const second = await openSender();
  expect((await second.recovered).mined).toEqual([key]);
  expect((await payments()).slice(1)).toEqual([{ epoch, amount: due }]);
  // It may still believe that the epoch waits; the contract says that nothing does.
  const counted = (await earn()).epoch;
  const [next] = await run(second, new Set([epoch, counted]));
  expect(next).toMatchObject({ epochs: [String(counted)] });
  expect((await payments()).map((one) => one.epoch)).toHaveLength(3);
  await second.end();
});

test('without coins for gas it says so, and goes on', async () => {
  const { epoch } = await earn();
  const { address } = market.people.provider;
  const setBalance = (wei: bigint) =>
    net.client.public.request({ method: 'anvil_setBalance', params: [address, `0x${wei.toString(16)}`] } as never);
  const coins = await net.client.public.getBalance({ address });
  const writer = await openSender();
  await setBalance(0n);
  const [said] = await run(writer, new Set([epoch]));
  expect(said).toMatchObject({ msg: 'Rewards could not be fetched for now', err: { code: 'chain.noGasMoney' } });
  await setBalance(coins);
  expect((await run(writer, new Set([epoch])))[0]!.msg).toMatch(/^Fetched rewards/);
  await writer.end();
});
