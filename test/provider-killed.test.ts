import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { digestOf, type Address, type DatasetId, type JobId } from '@encryptech/base';
import { chainTime, datasetBudget, listFaults, type JobOnChain } from '@encryptech/chain';
import { parseSchema, readCsv, trainPrivately } from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { createDatasetStore } from '@encryptech/owner';
import { readPassphrase } from '@encryptech/sdk/node';
import { deriveRandomnessRoot } from '@encryptech/sealing';
import { jobEvents } from './network/job-events.ts';
import { gained, moneyNow, type Money } from './network/money.ts';
import { penaltiesToTreasury } from './network/penalties.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc, type PublishedDataset } from './network/published-dataset.ts';
import { keptOrder, SLOW_STEPS, submitSlowJob, untilCheckpoint, untilState } from './network/slow-job.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';
import { until } from './network/until.ts';
import { processFacts } from './secrecy/state-files.ts';

// A provider dies in mid-training. What a checkpoint covers is paid, the rest goes back, another provider goes on from there.
vi.setConfig(PATIENCE);

let network: TestNetwork;
let dataset: PublishedDataset;
let accounts: Record<string, Address>;
let before: Money;
let jobId: JobId;
/** Names of the provider that dies and of the other. */
let dead: string;
let heir: string;
/** What the chain said when the worker had died. */
let left: JobOnChain;

const nameOf = (address: Address): string => Object.entries(accounts).find(([, other]) => other === address)![0];
const money = (): Promise<Money> => moneyNow(network.client, accounts);

beforeAll(async () => {
  network = await startTestNetwork();
  accounts = {};
  for (const name of ['alpha', 'beta', 'hospital', 'developer']) accounts[name] = (await network.person(name)).address;
  dataset = await publishWdbc(network, { options: ['--epsilon-cap', '20', '--fee', '1'] });
  before = await money();
});
afterAll(() => network.end());

test('the provider is killed after a checkpoint is on chain; its worker dies with it', async () => {
  const { client, running } = network;
  jobId = await submitSlowJob(network, dataset);
  const job = await untilCheckpoint(client, jobId, 20);
  dead = nameOf(job.provider);
  heir = dead === 'alpha' ? 'beta' : 'alpha';
  const daemon = running.daemons.get(`provider-${dead}`)!;
  const workers = [...(await processFacts([daemon.pid]))]
    .filter(([name, bytes]) => name.endsWith('cmdline') && bytes.includes('enclave/main.ts'))
    .map(([name]) => Number(name.split(' ')[1]));
  expect(workers).toHaveLength(1);

  daemon.kill();
  await daemon.exited;
  await until('the worker to end', async () => ((await processFacts(workers)).size === 0 ? true : undefined));
  left = await untilState(client, jobId, 'Started');
  expect(left.checkpointStep).toBeGreaterThanOrEqual(20);
  expect(left.checkpointStep).toBeLessThan(SLOW_STEPS);
});

test('before the deadline nothing moves', async () => {
  const held = await money();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect((await untilState(network.client, jobId, 'Started')).attempt).toBe(1);
  expect(gained(held, await money())).toEqual({ alpha: 0n, beta: 0n, hospital: 0n, developer: 0n, treasury: 0n });
});

test('after it the coordinator expires the attempt: covered steps are paid, all else goes back', async () => {
  await network.running.chain.advanceTime(left.deadline - (await chainTime(network.client)) + 1);
  const [expired] = await until(
    'the attempt to expire',
    async () => {
      const events = await jobEvents(network.client, jobId, 'Expired');
      return events.length > 0 ? events : undefined;
    },
    { timeoutMs: 60_000 },
  );
  const [matched] = await jobEvents(network.client, jobId, 'Matched');
  const { attempt, paidSteps, providerPaid, treasuryFee, datasetFee, refund } = expired!;
  expect({ attempt, paidSteps }).toEqual({ attempt: 1, paidSteps: left.checkpointStep });
  expect(providerPaid + treasuryFee + datasetFee + refund).toBe(matched!.escrow);
  // The price of the covered part, rounded down; 5 % of it, rounded up, is the treasury's.
  const part = (matched!.price * BigInt(paidSteps)) / BigInt(SLOW_STEPS);
  expect(treasuryFee).toBe((part * 500n + 9_999n) / 10_000n);
  expect(providerPaid).toBe(part - treasuryFee);
  expect(datasetFee).toBe(10n ** 18n);
});

test('the other provider goes on from the checkpoint', async () => {
  const second = await until(
    'a second match',
    async () => (await jobEvents(network.client, jobId, 'Matched')).find(({ attempt }) => attempt === 2),
    { timeoutMs: 60_000 },
  );
  expect(nameOf(second.provider)).toBe(heir);
  expect(second.fromStep).toBe(left.checkpointStep);
  expect(second.datasetFee).toBe(0n);
  const { coordinator } = await network.session();
  const first = await until(
    'the second enclave’s first progress',
    async () => {
      const view = await coordinator.getJob(jobId);
      if (view.attempt !== 2 || view.providerUrl === null) return undefined;
      const status = (await (await fetch(`${view.providerUrl}/v1/jobs/${jobId}`)).json()) as {
        state: string;
        step: number;
      };
      return status.state === 'training' ? status : undefined;
    },
    { timeoutMs: 120_000 },
  );
  expect(first.step).toBeGreaterThanOrEqual(left.checkpointStep);
});

test('it delivers and is settled; over both attempts everything adds up', async () => {
  const watched = await network.encryptech('job', 'watch', jobId, '--json');
  expect(watched.code, watched.out + watched.err).toBe(0);
  const [first, second] = await jobEvents(network.client, jobId, 'Matched');
  const [expired] = await jobEvents(network.client, jobId, 'Expired');
  const [settled] = await jobEvents(network.client, jobId, 'Settled');
  expect(await jobEvents(network.client, jobId, 'Delivered')).toHaveLength(1);
  expect(settled!.providerPaid + settled!.treasuryFee + settled!.datasetFee + settled!.refund).toBe(second!.escrow);
  const steps = (await jobEvents(network.client, jobId, 'Checkpointed')).filter(({ attempt }) => attempt === 2);
  expect(steps.every(({ step }) => step > left.checkpointStep)).toBe(true);

  // The keeper reports who misses heartbeats, and a part of the penalty is the treasury's: it may come between two looks.
  let [penalties, change] = [-1n, {} as Record<string, bigint>];
  while (penalties !== (await penaltiesToTreasury(network.client))) {
    penalties = await penaltiesToTreasury(network.client);
    change = gained(before, await money());
  }
  expect(change[dead]).toBe(expired!.providerPaid);
  expect(change[heir]).toBe(settled!.providerPaid);
  expect(change['hospital']).toBe(10n ** 18n);
  expect(change['treasury']).toBe(expired!.treasuryFee + settled!.treasuryFee + penalties);
  expect(change['developer']).toBe(expired!.refund + settled!.refund - first!.escrow - second!.escrow);
  expect(Object.values(change).reduce((sum, wei) => sum + wei, 0n)).toBe(penalties);
});

test('the developer reports the lateness; the keeper ends it, and the stake pays', async () => {
  const reported = await network.encryptech('fault', 'report', 'developer', 'late', jobId, '1', '--yes', '--json');
  expect(reported.code, reported.out).toBe(0);
  const [fault] = await until(
    'the fault to be executed',
    async () => {
      const faults = (await listFaults(network.client, accounts[dead]!)).filter(({ kind }) => kind === 'late');
      return faults[0]?.state === 'executed' ? faults : undefined;
    },
    { timeoutMs: 120_000, everyMs: 1_000 },
  );
  expect(fault!.subject).toBe(jobId);
  expect(fault!.taken).toBe(fault!.penalty);
  expect(fault!.taken).toBeGreaterThan(0n);
});

test('the privacy of one run is spent, not of two', async () => {
  const [delivered] = await jobEvents(network.client, jobId, 'Delivered');
  const { spent, reserved, caps } = await datasetBudget(network.client, dataset.datasetId as DatasetId);
  expect(reserved.every((lane) => lane === 0)).toBe(true);
  const lanes = Array.from({ length: 16 }, (_, order) =>
    Number(((order < 8 ? delivered!.rdpLow : delivered!.rdpHigh) >> BigInt(32 * (order % 8))) & 0xffff_ffffn),
  );
  expect(spent).toEqual(lanes.map((lane, order) => Math.min(lane, caps[order]! + 1)));
});

test('the model is bit by bit the one of a run that nobody disturbed', async () => {
  const fetched = await network.encryptech('job', 'result', jobId, '--out', 'resumed', '--json');
  expect(fetched.code, fetched.out).toBe(0);
  expect((await network.encryptech('verify', 'resumed/certificate.json')).code).toBe(0);

  // The same job in this process, without enclave, checkpoint or chain: only the hospital can do this.
  const { graph, spec } = await keptOrder(network, jobId);
  const hospital = await network.person('hospital');
  const passphrase = await readPassphrase({ passphraseFile: network.home.passphraseFile('hospital') }, 'hospital');
  const store = createDatasetStore({ folder: join(hospital.dir, 'datasets'), passphrase });
  const { secret } = await store.get(dataset.datasetId as DatasetId);
  const schema = parseSchema(JSON.parse(await readFile(dataset.schemaFile, 'utf8')));
  const undisturbed = await trainPrivately({
    job: { ...spec, graph, plan: spec.privacy },
    table: await readCsv(new Uint8Array(await readFile(dataset.hospitalCsv)), schema),
    engine: createNodeEngine({ threads: 1 }),
    root: deriveRandomnessRoot(secret, dataset.datasetId as DatasetId, jobId),
  });
  const delivered = new Uint8Array(await readFile(join(network.folder, 'resumed/model.onnx')));
  expect(digestOf(delivered)).toBe(digestOf(undisturbed.model));
});

test('the dead provider starts again and takes jobs again', async () => {
  await network.running.restart(`provider-${dead}`);
  const { running } = network;
  const daemon = running.daemons.get(`provider-${heir}`)!;
  await daemon.stop();
  const done = await network.encryptech(
    ...['model', 'new', 'mlp', '--inputs', '30', '--outputs', '2', '--out', 'small.onnx', '--json'],
  );
  expect(done.code).toBe(0);
  const job = await network.encryptech(
    ...['job', 'submit', 'small.onnx', '--dataset', dataset.datasetId, '--epsilon', '1', '--yes', '--wait', '--json'],
  );
  expect(job.code, job.out + job.err).toBe(0);
  const [matched] = await jobEvents(network.client, job.json<{ jobId: JobId }>().jobId, 'Matched');
  expect(nameOf(matched!.provider)).toBe(dead);
});
