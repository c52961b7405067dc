import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Address, JobId } from '@encryptech/base';
import { jobState, startEmbeddedChain, type EmbeddedChain } from '@encryptech/chain';
import { verifyReleaseLog } from '@encryptech/owner';
import { jobEvents } from './network/job-events.ts';
import { gained, moneyNow, type Money } from './network/money.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc, type PublishedDataset } from './network/published-dataset.ts';
import { SLOW_STEPS, submitSlowJob, untilCheckpoint, untilState } from './network/slow-job.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';
import { until } from './network/until.ts';

// One job during which everything but its provider is killed or stopped at the worst moment, and comes back.
vi.setConfig(PATIENCE);

let network: TestNetwork;
let dataset: PublishedDataset;
let chain: EmbeddedChain;
let accounts: Record<string, Address>;
let before: Money;
let jobId: JobId;

const kill = async (name: string): Promise<void> => {
  const daemon = network.running.daemons.get(name)!;
  daemon.kill();
  await daemon.exited;
};
/** The training goes on: waits for checkpoints beyond the one that the chain has now. */
const goesOn = async (steps: number): Promise<void> => {
  const { checkpointStep } = await jobState(network.client, jobId);
  const job = await untilCheckpoint(network.client, jobId, Math.min(checkpointStep + steps, SLOW_STEPS - 10));
  expect(job.attempt).toBe(1);
};

beforeAll(async () => {
  network = await startTestNetwork();
  chain = network.running.chain;
  accounts = {};
  for (const name of ['alpha', 'beta', 'hospital', 'developer']) accounts[name] = (await network.person(name)).address;
  dataset = await publishWdbc(network, { options: ['--epsilon-cap', '20', '--fee', '1'] });
  before = await moneyNow(network.client, accounts);
});
afterAll(async () => {
  await network.stop();
  await chain.stop();
  await network.end();
});

test('the coordinator is killed with an order in its book: after its restart the order is matched', async () => {
  // No agent and no coordinator: the job can start, but nobody releases keys.
  await kill('owner-hospital');
  jobId = await submitSlowJob(network, dataset);
  await kill('coordinator');
  await network.running.restart('coordinator');
  const job = await untilState(network.client, jobId, 'Started');
  expect(job.attempt).toBe(1);
  expect(await jobEvents(network.client, jobId, 'Matched')).toHaveLength(1);
});

test('without the owner’s agent no key is released and no step is taken', async () => {
  const { coordinator } = await network.session();
  const status = await until('the enclave to wait for its keys', async () => {
    const { providerUrl } = await coordinator.getJob(jobId);
    const said = (await (await fetch(`${providerUrl!}/v1/jobs/${jobId}`)).json()) as { state: string; step: number };
    return said.state === 'preparing' ? undefined : said;
  });
  expect(status).toMatchObject({ state: 'waiting-for-keys', step: 0 });
});

test('the agent starts again, finds the job that waits, and releases the keys once', async () => {
  await network.running.restart('owner-hospital');
  const job = await untilCheckpoint(network.client, jobId, 10);
  expect(job.attempt).toBe(1);
  const hospital = await network.person('hospital');
  const log = await verifyReleaseLog(join(hospital.dir, 'release-log.jsonl'));
  expect(log.entries).toBe(1);
});

test('the chain stops in mid-training and comes back: training goes on', async () => {
  await chain.stop();
  chain = await startEmbeddedChain({ dir: network.home.chainDir });
  expect(chain.fresh).toBe(false);
  await goesOn(10);
});

test('the chain is killed outright and has forgotten its last seconds: what it forgot is sent again', async () => {
  const { pid } = JSON.parse(await readFile(join(network.home.chainDir, 'chain.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  expect(await chain.exited).toEqual({ expected: false });
  chain = await startEmbeddedChain({ dir: network.home.chainDir });
  await goesOn(10);
});

test('the coordinator is killed in mid-training: training goes on, and the index catches up', async () => {
  const { checkpointStep } = await jobState(network.client, jobId);
  await kill('coordinator');
  await network.running.restart('coordinator');
  await goesOn(10);
  const { coordinator } = await network.session();
  await until('the index to know', async () => {
    const view = await coordinator.getJob(jobId);
    return view.step > checkpointStep ? view : undefined;
  });
});

test('the coordinator is killed when the result is delivered: after its restart it settles', async () => {
  await untilState(network.client, jobId, 'Delivered');
  await kill('coordinator');
  await network.running.restart('coordinator');
  const watched = await network.encryptech('job', 'watch', jobId, '--json');
  expect(watched.code, watched.out + watched.err).toBe(0);
  expect(watched.json()['state']).toBe('Settled');
});

test('everything happened once: one match, start, delivery, settlement, and the money adds up', async () => {
  const count = async (name: 'Matched' | 'Started' | 'Delivered' | 'Settled' | 'Expired'): Promise<number> =>
    (await jobEvents(network.client, jobId, name)).length;
  expect(await count('Matched')).toBe(1);
  expect(await count('Started')).toBe(1);
  expect(await count('Delivered')).toBe(1);
  expect(await count('Settled')).toBe(1);
  expect(await count('Expired')).toBe(0);
  const steps = (await jobEvents(network.client, jobId, 'Checkpointed')).map(({ step }) => step);
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));

  const [matched] = await jobEvents(network.client, jobId, 'Matched');
  const [settled] = await jobEvents(network.client, jobId, 'Settled');
  const { providerPaid, treasuryFee, datasetFee, refund } = settled!;
  expect(providerPaid + treasuryFee + datasetFee + refund).toBe(matched!.escrow);
  const change = gained(before, await moneyNow(network.client, accounts));
  expect(change['hospital']).toBe(datasetFee);
  expect(change['alpha']! + change['beta']!).toBe(providerPaid);
  expect(change['developer']).toBe(refund - matched!.escrow);
  expect(Object.values(change).reduce((sum, wei) => sum + wei, 0n)).toBe(0n);
});

test('the result of all this verifies', async () => {
  const fetched = await network.encryptech('job', 'result', jobId, '--out', 'result', '--json');
  expect(fetched.code, fetched.out).toBe(0);
  expect((await network.encryptech('verify', 'result/certificate.json', '--json')).code).toBe(0);
});
