import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capacityAbi, chainTime, registerProvider, setProviderActive } from '@encryptech/chain';
import { canonicalJson, digestOf, utf8, type Json } from '@encryptech/base';
import { signCapacityChallenge, type Multiply } from '@encryptech/protocol/capacity';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { HDAccount } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNetwork, type TestNetwork } from '../../../../packages/chain/test/start-network.ts';
import { createCapacityDesk } from '../../../provider/src/capacity/create-capacity-desk.ts';
import { createMultiplier } from '../../../provider/src/capacity/create-multiplier.ts';
import { createJobBoard } from '../../../provider/src/rooms/job-board.ts';
import type { Listening } from '@encryptech/sdk/node';
import { startServer } from '../../../provider/src/server/start-server.ts';
import { createCapacityRounds } from './create-capacity-rounds.ts';

/** Two products a measurement: what a slow machine declares. */
const DECLARED = 3_000n;
const log = pino({ level: 'silent' });
let net: TestNetwork;
let dir: string;
let honest: HDAccount;
let lazy: HDAccount;
let isBusy = false;
let skips = false;
const servers = new Map<string, Listening>();

async function serve(account: HDAccount, change: (multiply: Multiply) => Multiply): Promise<string> {
  const desk = createCapacityDesk({
    ...{ client: net.client, account, log, isBusy: () => isBusy && account === honest },
    // A clock that runs fast, so that a test need not wait between measurements.
    now: (
      (ms) => () =>
        (ms += 60_000)
    )(0),
    openMultiplier: async () => {
      const { multiply, close } = await createMultiplier(1);
      return { multiply: change(multiply), close };
    },
  });
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0, board: createJobBoard(), metrics: new Registry(), problems: () => [] },
    capacity: desk,
  });
  servers.set(account.address, server);
  return server.url;
}

beforeAll(async () => {
  net = await startNetwork();
  dir = mkdtempSync(join(tmpdir(), 'capacity-'));
  [honest, lazy] = [net.chain.keys.user(1), net.chain.keys.user(2)];
  const urls = [
    await serve(honest, (multiply) => multiply),
    // Gives back zeros for half of the rows when it feels like it.
    await serve(lazy, (multiply) => async (left, right) => {
      const product = await multiply(left, right);
      return skips ? product.fill(0, product.length / 2) : product;
    }),
  ];
  for (const [place, account] of [honest, lazy].entries()) {
    await registerProvider(net.writer(account), { url: urls[place]!, speed: DECLARED });
  }
  await net.chain.finishSetup();
}, 60_000);
afterAll(async () => {
  for (const server of servers.values()) await server.stop();
  await net.stop();
  rmSync(dir, { recursive: true, force: true });
});

const verifier = () => net.chain.keys.named('verifier');
const rounds = () =>
  createCapacityRounds({
    ...{
      client: net.client,
      writer: net.writer(verifier()),
      account: verifier(),
      everySec: 60,
      validSec: 3_600,
      dir,
      log,
    },
    providers: [honest, lazy].map(({ address }) => ({ subject: address })),
  });
const proofOf = (account: HDAccount) =>
  net.client.public.readContract({
    ...{ address: net.deployment.contracts.capacity, abi: capacityAbi, functionName: 'proofOf' },
    args: [account.address],
  });
const post = async (account: HDAccount, path: string, body: unknown) => {
  const answer = await fetch(servers.get(account.address)!.url + path, { method: 'POST', body: JSON.stringify(body) });
  return { status: answer.status, json: (await answer.json()) as { code: string } };
};

test('what is measured goes on record, at most as declared, with a record that anybody can check', async () => {
  const { round, records } = rounds();
  expect(await round()).toEqual({ active: 2, measured: 2 });
  const { speed, expiresAt, issuedAt } = await proofOf(honest);
  expect(speed).toBeGreaterThan(0n);
  expect(speed).toBeLessThanOrEqual(DECLARED);
  expect(expiresAt - issuedAt).toBe(3_600n);
  const file = join(dir, `${honest.address.toLowerCase()}.json`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Json>;
  expect(records()).toContainEqual(record);
  expect(record).toMatchObject({ method: 'matrix products, software, level 0', operations: 2 * 2 * 1024 ** 3 });
  const [event] = await net.client.public.getContractEvents({
    ...{ address: net.deployment.contracts.capacity, abi: capacityAbi, eventName: 'ProofRecorded' },
    ...{ args: { provider: honest.address }, fromBlock: 0n },
  });
  expect(event!.args.evidence).toBe(digestOf(utf8(canonicalJson(record))));
});

test('capacity points farmed: work left out is noticed, and after two rounds the capacity is taken back', async () => {
  const { round } = rounds();
  await net.chain.advanceTime(2);
  expect((await round()).measured).toBe(2);
  skips = true;
  await net.chain.advanceTime(2);
  expect((await round()).measured).toBe(1);
  expect((await proofOf(lazy)).speed).toBeGreaterThan(0n);
  await net.chain.advanceTime(2);
  expect((await round()).measured).toBe(1);
  expect((await proofOf(lazy)).speed).toBe(0n);
  expect((await proofOf(honest)).speed).toBeGreaterThan(0n);
  skips = false;
});

test('a provider is measured only by verifiers, for itself, now, and not while it works', async () => {
  const domain = { chainId: net.deployment.chainId, capacity: net.deployment.contracts.capacity };
  const issuedAt = await chainTime(net.client);
  const seed = `0x${'7d'.repeat(32)}` as const;
  const order = { provider: honest.address, seed, products: 2, issuedAt };
  const signed = await signCapacityChallenge(order, domain, verifier());
  const asked = (body: unknown) => post(honest, '/v1/capacity', body);
  expect(await asked(await signCapacityChallenge(order, domain, lazy))).toMatchObject({
    ...{ status: 403, json: { code: 'provider.notVerifier' } },
  });
  expect(await asked({ ...signed, products: 3 })).toMatchObject({ status: 403 });
  expect(await asked({ ...signed, products: 65 })).toMatchObject({ status: 400 });
  const old = await signCapacityChallenge({ ...order, issuedAt: issuedAt - 600 }, domain, verifier());
  expect(await asked(old)).toMatchObject({ status: 400, json: { code: 'provider.badChallenge' } });
  expect(await post(lazy, '/v1/capacity', signed)).toMatchObject({ status: 400 });
  expect(await post(honest, '/v1/capacity/open', { seed })).toMatchObject({ status: 400 });
  expect(await post(honest, '/v1/capacity', 'x'.repeat(5_000))).toMatchObject({ status: 400 });
  isBusy = true;
  expect(await asked(signed)).toMatchObject({ status: 409, json: { code: 'provider.busy' } });
  isBusy = false;
});

test('who is not active is not asked', async () => {
  await setProviderActive(net.writer(lazy), { active: false, key: 'off' });
  await net.chain.advanceTime(2);
  expect(await rounds().round()).toEqual({ active: 1, measured: 1 });
});
