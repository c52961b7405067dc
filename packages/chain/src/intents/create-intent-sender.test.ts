import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { encodeFunctionData, type HDAccount, type Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createProxy, type RpcProxy } from '../../test/rpc-proxy.ts';
import { startNetwork, type TestNetwork } from '../../test/start-network.ts';
import { encTokenAbi, jobsAbi } from '../abis.ts';
import { createChainClient, type ChainClient } from '../client/create-chain-client.ts';
import { deposit } from '../write/deposit.ts';
import { withdraw } from '../write/withdraw.ts';
import { accountBalances } from '../read/account-balances.ts';
import { createFileIntentStore } from './create-file-intent-store.ts';
import { createIntentSender, type IntentSenderOptions } from './create-intent-sender.ts';
import type { IntentStore } from './intent-store.ts';

const ENC = 10n ** 18n;
let net: TestNetwork;
let proxy: RpcProxy;
let through: ChainClient;
let account: HDAccount;
let file: string;
let users = 0;

beforeAll(async () => {
  net = await startNetwork();
  await net.chain.finishSetup();
  proxy = await createProxy(net.chain.rpcUrl);
  through = createChainClient({ rpcUrl: proxy.url, deployment: net.deployment, pollMs: 10, retries: 0 });
});
afterAll(async () => {
  await proxy.close();
  await net.stop();
});
beforeEach(async () => {
  proxy.obey(() => 'pass');
  account = net.chain.keys.user(users);
  file = join(net.dir, `intents-${users++}.jsonl`);
  await net.give(account.address, 100n * ENC);
});

const open = (store: IntentStore, options: Partial<IntentSenderOptions> = {}) =>
  createIntentSender({ client: through, account, store, ...options });
const deposited = async (): Promise<bigint> => (await accountBalances(net.client, account.address)).deposit;
const nonce = (): Promise<number> => net.client.public.getTransactionCount({ address: account.address });
const pay = (amount: bigint): { to: Hex; data: Hex } => ({
  to: net.deployment.contracts.token,
  data: encodeFunctionData({
    abi: encTokenAbi,
    functionName: 'transfer',
    args: [net.deployment.contracts.jobs, amount],
  }),
});

test('a key is paid once, however often and however parallel it is sent', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  const all = await Promise.all([1, 2, 3, 4].map(() => deposit(sender, { amount: 10n * ENC, key: 'd' })));
  expect(new Set(all.map(({ hash }) => hash)).size).toBe(1);
  expect((await deposit(sender, { amount: 10n * ENC, key: 'd' })).hash).toBe(all[0]!.hash);
  await store.close();
  const again = createFileIntentStore(file);
  expect((await deposit(await open(again), { amount: 10n * ENC, key: 'd' })).hash).toBe(all[0]!.hash);
  expect(await deposited()).toBe(10n * ENC);
  expect(await nonce()).toBe(2);
  await again.close();
});

test('a key stands for one call', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  await deposit(sender, { amount: ENC, key: 'd' });
  await expect(sender.send({ key: 'd', ...pay(2n) })).rejects.toMatchObject({ code: 'chain.intentConflict' });
  await store.close();
});

test('different keys sent at once get nonces of their own', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  await Promise.all([...Array(6).keys()].map((i) => sender.send({ key: `k${i}`, ...pay(1n) })));
  expect(await nonce()).toBe(6);
  await store.close();
});

test('what the contract refuses is not sent, and may be tried again under its key', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  await expect(withdraw(sender, { amount: ENC, key: 'w' })).rejects.toMatchObject({
    code: 'chain.jobsInsufficientBalance',
  });
  expect(await sender.find('w')).toMatchObject({ status: 'failed', error: { code: 'chain.jobsInsufficientBalance' } });
  expect(await nonce()).toBe(0);
  await deposit(sender, { amount: ENC, key: 'd' });
  await withdraw(sender, { amount: ENC, key: 'w' });
  expect(await deposited()).toBe(0n);
  await store.close();
});

test('refund tracking: an intent is on record before it is sent, so a lost answer neither loses nor repeats it', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store, { timeoutMs: 300 });
  // The node takes the transaction, the answer and everything after it are lost.
  let lost = false;
  proxy.obey((method) => {
    if (method === 'eth_sendRawTransaction') {
      lost = true;
      return 'pass without an answer';
    }
    return lost ? 'fail' : 'pass';
  });
  await expect(sender.send({ key: 'p', ...pay(5n) })).rejects.toMatchObject({ code: 'chain.notMined', retry: 'later' });
  await sender.close();
  await store.close();
  proxy.obey(() => 'pass');
  const again = createFileIntentStore(file);
  const restarted = await open(again);
  expect(await restarted.recovered).toMatchObject({ mined: ['p'], open: [], failed: [] });
  await restarted.send({ key: 'p', ...pay(5n) });
  expect(await nonce()).toBe(1);
  await again.close();
});

test('a crash between writing and sending: the restart sends what was signed', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store, { timeoutMs: 200 });
  proxy.obey((method) => (method === 'eth_sendRawTransaction' ? 'fail' : 'pass'));
  await expect(sender.send({ key: 'p', ...pay(5n) })).rejects.toMatchObject({ code: 'chain.notMined' });
  const { hash } = (await sender.find('p'))!.transactions[0]!;
  expect(await nonce()).toBe(0);
  await store.close();
  proxy.obey(() => 'pass');
  const again = createFileIntentStore(file);
  const restarted = await open(again);
  expect((await restarted.recovered).mined).toEqual(['p']);
  expect((await restarted.send({ key: 'p', ...pay(5n) })).hash).toBe(hash);
  expect(await nonce()).toBe(1);
  await again.close();
});

test('an intent that was only planned is sent by the restart, unless it was given up', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  proxy.obey((method) => (method === 'eth_estimateGas' ? 'fail' : 'pass'));
  await expect(sender.send({ key: 'p', ...pay(5n) })).rejects.toMatchObject({ code: 'chain.unreachable' });
  await expect(sender.send({ key: 'q', ...pay(6n) })).rejects.toMatchObject({ code: 'chain.unreachable' });
  expect(await sender.abandon('q')).toBe(true);
  expect(await sender.abandon('nothing')).toBe(false);
  await store.close();
  proxy.obey(() => 'pass');
  const again = createFileIntentStore(file);
  expect(await (await open(again)).recovered).toMatchObject({ mined: ['p'] });
  expect(await nonce()).toBe(1);
  await again.close();
});

test('a process killed in the middle of many payments: the next one completes each exactly once', async () => {
  const script = `
    import { createChainClient } from ${JSON.stringify(join(import.meta.dirname, '../client/create-chain-client.ts'))};
    import { createFileIntentStore } from ${JSON.stringify(join(import.meta.dirname, 'create-file-intent-store.ts'))};
    import { createIntentSender } from ${JSON.stringify(join(import.meta.dirname, 'create-intent-sender.ts'))};
    import { mnemonicToAccount } from 'viem/accounts';
    import { readFileSync } from 'node:fs';
    const { mnemonic } = JSON.parse(readFileSync(process.env.KEYS, 'utf8'));
    const account = mnemonicToAccount(mnemonic, { addressIndex: 16 + ${users - 1} });
    const client = createChainClient({ rpcUrl: process.env.RPC, deployment: JSON.parse(process.env.DEPLOYMENT), pollMs: 10 });
    const sender = await createIntentSender({ client, account, store: createFileIntentStore(process.env.FILE) });
    for (let i = 0; i < 20; i++) {
      void sender.send({ key: 'p' + i, to: '${pay(1n).to}', data: '${pay(1n).data}' });
      if (i === 3) process.stdout.write('going');
    }`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...{ KEYS: join(net.dir, 'keys.json'), RPC: net.chain.rpcUrl, FILE: file },
      DEPLOYMENT: JSON.stringify(net.deployment),
    },
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  while ((await nonce()) < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  const before = await nonce();
  expect(before).toBeLessThan(20);
  const store = createFileIntentStore(file);
  const sender = await open(store);
  await sender.recovered;
  await Promise.all([...Array(20).keys()].map((i) => sender.send({ key: `p${i}`, ...pay(1n) })));
  expect(await nonce()).toBe(20);
  expect((await accountBalances(net.client, account.address)).enc).toBe(100n * ENC - 20n);
  await store.close();
});

test('a reorganisation that drops a mined payment: it is sent again as it was signed', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  const first = await sender.send({ key: 'p', ...pay(5n) });
  await net.chain.client.request({ method: 'anvil_reorg' as never, params: [1, []] as never });
  await expect(net.client.public.getTransactionReceipt({ hash: first.hash })).rejects.toThrow();
  expect(await sender.recover()).toMatchObject({ undone: ['p'], mined: ['p'] });
  const second = await sender.send({ key: 'p', ...pay(5n) });
  expect(second.hash).toBe(first.hash);
  expect(second.blockHash).not.toBe(first.blockHash);
  expect((await accountBalances(net.client, account.address)).enc).toBe(100n * ENC - 5n);
  await store.close();
});

test('a chain that came back in an older state: all that it forgot is done again, in order, and nothing twice', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  await sender.send({ key: 'before', ...pay(1n) });
  const snapshot = await net.chain.client.snapshot();
  await deposit(sender, { amount: 40n * ENC, key: 'd' });
  await withdraw(sender, { amount: 30n * ENC, key: 'w' });
  await net.chain.client.revert({ id: snapshot });
  expect(await deposited()).toBe(0n);
  await store.close();
  const again = createFileIntentStore(file);
  const restarted = await open(again);
  const { undone, mined } = await restarted.recovered;
  expect(undone.sort()).toEqual(['d', 'd:approve', 'w']);
  expect(mined.sort()).toEqual(['d', 'd:approve', 'w']);
  expect(await deposited()).toBe(10n * ENC);
  expect(await nonce()).toBe(4);
  await again.close();
});

test('the chain forgets a payment that nobody watched: the next one brings it back, and one under way does too', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  const snapshot = await net.chain.client.snapshot();
  await deposit(sender, { amount: 2n * ENC, key: 'd' });
  await net.chain.client.revert({ id: snapshot });
  // The deposit must be there again before this can be estimated at all.
  await sender.send({ key: 'w', ...call('withdraw', 2n * ENC) });
  expect(await nonce()).toBe(3);

  await sender.send({ key: 'a', ...pay(1n) });
  const older = await net.chain.client.snapshot();
  await sender.send({ key: 'b', ...pay(2n) });
  await net.chain.client.setAutomine(false);
  const last = sender.send({ key: 'c', ...pay(3n) });
  while (((await sender.find('c'))?.transactions.length ?? 0) === 0) await new Promise((tick) => setTimeout(tick, 5));
  await net.chain.client.revert({ id: older });
  await net.chain.client.setAutomine(true);
  await last;
  expect(await nonce()).toBe(6);
  expect((await accountBalances(net.client, account.address)).enc).toBe(100n * ENC - 6n);
  await store.close();
});

test('what had reverted is not executed by surprise on the older state; its nonce is used up by nothing', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store);
  const snapshot = await net.chain.client.snapshot();
  await deposit(sender, { amount: ENC, key: 'd' });
  // Passes the estimate, reverts in its block: the deposit leaves in between.
  await net.chain.client.setAutomine(false);
  const taken = sender.send({ key: 'w1', ...call('withdraw', ENC) });
  const late = sender.send({ key: 'w2', ...call('withdraw', ENC), gas: 200_000n });
  const [w1, w2] = [taken, late].map((promise) =>
    promise.then(
      () => 'mined',
      (error: { code: string }) => error.code,
    ),
  );
  while ((await store.open({ chain: scopeChain(), sender: account.address })).some(({ nonce }) => nonce === undefined))
    await new Promise((resolve) => setTimeout(resolve, 5));
  await net.chain.client.mine({ blocks: 1 });
  await net.chain.client.setAutomine(true);
  expect(await w1).toBe('mined');
  expect(await w2).not.toBe('mined');
  await sender.send({ key: 'after', ...pay(3n) });
  const used = await nonce();
  await net.chain.client.revert({ id: snapshot });
  const { undone } = await sender.recover();
  expect(undone).not.toContain('w2');
  expect(await nonce()).toBe(used);
  expect(await sender.find('after')).toMatchObject({ status: 'mined' });
  expect(await deposited()).toBe(0n);
  await store.close();
});

test('a nonce that somebody else used: signed anew, executed once', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store, { timeoutMs: 5_000 });
  proxy.obey((method) => (method === 'eth_sendRawTransaction' ? 'fail' : 'pass'));
  const sending = sender.send({ key: 'p', ...pay(5n) });
  while ((await sender.find('p'))?.nonce === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  await net.writer(account).send({ key: 'foreign', ...pay(1n) });
  proxy.obey(() => 'pass');
  await sending;
  expect(await sender.find('p')).toMatchObject({ status: 'mined', nonce: 1, attempts: 2 });
  expect((await accountBalances(net.client, account.address)).enc).toBe(100n * ENC - 6n);
  await store.close();
});

test('before finality a used nonce is not signed anew: the chain may still give it back', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store, { timeoutMs: 300, finalityBlocks: 100_000 });
  proxy.obey((method) => (method === 'eth_sendRawTransaction' ? 'fail' : 'pass'));
  const sending = sender.send({ key: 'p', ...pay(5n) }).catch((error: { code: string }) => error.code);
  while ((await sender.find('p'))?.nonce === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  await net.writer(account).send({ key: 'foreign', ...pay(1n) });
  proxy.obey(() => 'pass');
  expect(await sending).toBe('chain.notMined');
  expect(await sender.find('p')).toMatchObject({ status: 'sent', nonce: 0, attempts: 1 });
  await store.close();
});

test('a transaction that stays behind is signed again for a higher fee; only one of the two is executed', async () => {
  const store = createFileIntentStore(file);
  const sender = await open(store, { bumpAfterMs: 100 });
  await net.chain.client.setAutomine(false);
  const sending = sender.send({ key: 'p', ...pay(5n) });
  while (((await sender.find('p'))?.transactions.length ?? 0) < 2)
    await new Promise((resolve) => setTimeout(resolve, 10));
  await net.chain.client.mine({ blocks: 1 });
  await net.chain.client.setAutomine(true);
  const { hash } = await sending;
  const { transactions, mined } = (await sender.find('p'))!;
  expect(mined?.hash).toBe(hash);
  expect(transactions.map((one) => one.hash)).toContain(hash);
  expect(await nonce()).toBe(1);
  await store.close();
});

test('the wrong chain is refused before anything is sent', async () => {
  const store = createFileIntentStore(file);
  const elsewhere = { ...net.deployment, genesisHash: `0x${'00'.repeat(32)}` as const };
  const client = createChainClient({ rpcUrl: net.chain.rpcUrl, deployment: elsewhere });
  await expect(createIntentSender({ client, account, store })).rejects.toMatchObject({ code: 'chain.wrongChain' });
  await store.close();
});

const scopeChain = (): string => `${net.deployment.chainId}:${net.deployment.genesisHash}`;
const call = (functionName: 'withdraw', amount: bigint): { to: Hex; data: Hex } => ({
  to: net.deployment.contracts.jobs,
  data: encodeFunctionData({ abi: jobsAbi, functionName, args: [amount] }),
});
