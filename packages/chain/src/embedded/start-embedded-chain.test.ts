import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EmbeddedChain, EmbeddedChainOptions } from './embedded-chain.ts';
import { processIsAlive } from './process-is-alive.ts';
import { startEmbeddedChain } from './start-embedded-chain.ts';

const RECEIVER = '0x00000000000000000000000000000000000000aa';
let dir: string;
const started: EmbeddedChain[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'encryptech-chain-'));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((chain) => chain.stop()));
  rmSync(dir, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedChainOptions> = {}): Promise<EmbeddedChain> {
  const chain = await startEmbeddedChain({ dir, ...options });
  started.push(chain);
  return chain;
}

async function pay(chain: EmbeddedChain, wei: bigint): Promise<void> {
  const account = chain.keys.named('faucet');
  const nonce = await chain.client.getTransactionCount({ address: account.address });
  const { baseFeePerGas } = await chain.client.getBlock();
  const serializedTransaction = await account.signTransaction({
    ...{ type: 'eip1559', chainId: chain.chainId, to: RECEIVER, value: wei, nonce, gas: 30_000n },
    ...{ maxFeePerGas: 2n * (baseFeePerGas ?? 0n) + 1n, maxPriorityFeePerGas: 1n },
  });
  const hash = await chain.client.sendRawTransaction({ serializedTransaction });
  await chain.client.waitForTransactionReceipt({ hash });
}

const balance = (chain: EmbeddedChain): Promise<bigint> => chain.client.getBalance({ address: RECEIVER });
const clock = async (chain: EmbeddedChain): Promise<number> =>
  Number((await chain.client.getBlock({ blockTag: 'pending' })).timestamp) - Math.floor(Date.now() / 1000);

test('a new chain begins in the past, is funded, and comes to the present when the set-up ends', async () => {
  const chain = await start({ genesisAgeSec: 200_000 });
  expect(chain.fresh).toBe(true);
  expect(chain.chainId).toBe(31337);
  expect(await chain.client.getBalance({ address: chain.keys.named('team').address })).toBe(10_000n * 10n ** 18n);
  expect(await chain.client.getBalance({ address: chain.keys.user(31).address })).toBe(10_000n * 10n ** 18n);
  expect(await clock(chain)).toBeLessThan(-199_990);
  expect(chain.setupDone()).toBe(false);
  await chain.finishSetup();
  expect(chain.setupDone()).toBe(true);
  expect(Math.abs(await clock(chain))).toBeLessThan(5);
  const blocks = await chain.client.getBlockNumber();
  await chain.finishSetup();
  expect(await chain.client.getBlockNumber()).toBe(blocks);
});

test('state, keys, port and genesis survive a stop and a start', async () => {
  const first = await start();
  await first.finishSetup();
  await pay(first, 5n);
  const hash = (await first.client.getBlock()).hash;
  await first.stop();
  expect(await first.exited).toEqual({ expected: true });
  const second = await start();
  expect(second.fresh).toBe(false);
  expect(second.setupDone()).toBe(true);
  expect(await balance(second)).toBe(5n);
  expect((await second.client.getBlock()).hash).toBe(hash);
  expect(second.genesisHash).toBe(first.genesisHash);
  expect(second.port).toBe(first.port);
  expect(second.keys.named('team').address).toBe(first.keys.named('team').address);
  await pay(second, 2n);
  expect(await balance(second)).toBe(7n);
});

test('an anvil that is killed loses at most what came after the last save', async () => {
  const first = await start({ saveIntervalMs: 3_600_000 });
  await pay(first, 5n);
  await first.save();
  await pay(first, 100n);
  process.kill(recordOf(dir).pid, 'SIGKILL');
  expect(await first.exited).toEqual({ expected: false });
  const second = await start();
  expect(await balance(second)).toBe(5n);
});

test('a changed chain is saved by itself', async () => {
  const first = await start({ saveIntervalMs: 50 });
  const before = statSync(join(dir, 'state.json.gz')).mtimeMs;
  await pay(first, 5n);
  await until(() => statSync(join(dir, 'state.json.gz')).mtimeMs > before);
  process.kill(recordOf(dir).pid, 'SIGKILL');
  await first.exited;
  expect(await balance(await start())).toBe(5n);
});

test('an unfinished set-up goes on in the past after a restart', async () => {
  const first = await start({ genesisAgeSec: 200_000 });
  await pay(first, 1n);
  await first.stop();
  const second = await start();
  expect(second.setupDone()).toBe(false);
  expect(await clock(second)).toBeLessThan(-199_000);
});

test('time never runs backwards, even when the clock was moved forward before a restart', async () => {
  const first = await start();
  await first.finishSetup();
  await first.advanceTime(100_000);
  const last = (await first.client.getBlock()).timestamp;
  await first.stop();
  const second = await start();
  await pay(second, 1n);
  expect((await second.client.getBlock()).timestamp).toBeGreaterThanOrEqual(last);
});

test('a chain whose starter was killed goes on, and the next start takes it over with nothing lost', async () => {
  const script = `
    import { startEmbeddedChain } from ${JSON.stringify(join(import.meta.dirname, 'start-embedded-chain.ts'))};
    await startEmbeddedChain({ dir: ${JSON.stringify(dir)}, saveIntervalMs: 3_600_000 });
    process.stdout.write('up');
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => starter.stdout.once('data', resolve));
  const guest = await start({ ifRunning: 'attach' });
  expect(guest.owned).toBe(false);
  await pay(guest, 9n);
  await guest.stop();
  starter.kill('SIGKILL');
  await new Promise((resolve) => starter.once('exit', resolve));
  const { pid } = recordOf(dir);
  const heir = await start();
  expect(heir.owned).toBe(true);
  expect(heir.fresh).toBe(false);
  expect(recordOf(dir)).toMatchObject({ pid, ownerPid: process.pid });
  expect(await balance(heir)).toBe(9n);
  await heir.stop();
  expect(processIsAlive(pid)).toBe(false);
  expect(await balance(await start())).toBe(9n);
});

test('a program that ends without stopping its chain takes anvil along, and its state is kept', async () => {
  const script = `
    import { startEmbeddedChain } from ${JSON.stringify(join(import.meta.dirname, 'start-embedded-chain.ts'))};
    const chain = await startEmbeddedChain({ dir: ${JSON.stringify(dir)}, saveIntervalMs: 3_600_000 });
    await chain.client.mine({ blocks: 3 });
    process.exit(0);`;
  const program = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: 'inherit' });
  await new Promise((resolve) => program.once('exit', resolve));
  await until(() => !processIsAlive(recordOf(dir).pid));
  expect(await (await start()).client.getBlockNumber()).toBe(3n);
});

test('two starts on one folder: the second is refused with the address of the first', async () => {
  const chain = await start();
  await expect(startEmbeddedChain({ dir })).rejects.toMatchObject({
    code: 'chain.alreadyRunning',
    data: { pid: process.pid, rpcUrl: chain.rpcUrl },
  });
});

test('a taken port is refused by name', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await expect(startEmbeddedChain({ dir, port })).rejects.toMatchObject({ code: 'chain.portTaken', data: { port } });
  server.close();
  expect(await start({ port })).toMatchObject({ port });
});

test('a damaged state is refused and stays where it is', async () => {
  await (await start()).stop();
  const file = join(dir, 'state.json.gz');
  truncateSync(file, 100);
  await expect(startEmbeddedChain({ dir })).rejects.toMatchObject({ code: 'chain.stateUnreadable', place: file });
  expect(statSync(file).size).toBe(100);
});

test('a dump that anvil was killed in the middle of does not count', async () => {
  const first = await start();
  await pay(first, 5n);
  await first.stop();
  writeFileSync(join(dir, 'exit-state.json'), '{"best_block_number":99,"bloc');
  expect(await balance(await start())).toBe(5n);
  expect(existsSync(join(dir, 'exit-state.json'))).toBe(false);
});

test('keys are random, open to their owner only, and no argument of anvil holds them', async () => {
  const chain = await start();
  const file = join(dir, 'keys.json');
  const { mnemonic } = JSON.parse(readFileSync(file, 'utf8')) as { mnemonic: string };
  expect(mnemonic.split(' ')).toHaveLength(12);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o077).toBe(0);
  expect(chain.keys.named('deployer').address).not.toBe('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266');
  const args = readFileSync(`/proc/${recordOf(dir).pid}/cmdline`, 'utf8');
  expect(args).not.toContain(mnemonic.split(' ').slice(0, 2).join(' '));
  expect(readFileSync(join(dir, 'anvil.log'), 'utf8')).not.toMatch(/private|mnemonic/i);
});

function recordOf(folder: string): { pid: number; ownerPid: number } {
  return JSON.parse(readFileSync(join(folder, 'chain.json'), 'utf8')) as { pid: number; ownerPid: number };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
