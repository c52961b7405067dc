import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { DatasetId, JobId } from '@encryptech/base';
import { datasetBudget, jobState } from '@encryptech/chain';
import { evaluate, parseSchema, readCsv } from '@encryptech/learning';
import { createNodeEngine } from '@encryptech/learning/node';
import { ledgerCharge, unpackLanes } from '@encryptech/privacy';
import { chargeWord, type CertificateFile } from '@encryptech/protocol';
import { jobEvents } from './network/job-events.ts';
import { gained, moneyNow, type Money } from './network/money.ts';
import { PATIENCE } from './network/patience.ts';
import { publishWdbc, type PublishedDataset } from './network/published-dataset.ts';
import { startTestNetwork, type TestNetwork } from './network/test-network.ts';
import { until } from './network/until.ts';

// The main job as people do it by hand, each step a command, on a real chain with real processes.
vi.setConfig(PATIENCE);

let network: TestNetwork;
let dataset: PublishedDataset;
let accounts: Record<string, `0x${string}`>;
let before: Money;
let jobId: JobId;
let escrow: bigint;

beforeAll(async () => {
  network = await startTestNetwork();
  accounts = {};
  for (const name of ['alpha', 'beta', 'hospital', 'developer']) accounts[name] = (await network.person(name)).address;
});
afterAll(() => network.end());

const moneyOfAll = (): Promise<Money> => moneyNow(network.client, accounts);
const budgetNow = () => datasetBudget(network.client, dataset.datasetId as DatasetId);

test('the hospital publishes its table; the agent grants it; the budget is whole', async () => {
  dataset = await publishWdbc(network, {
    options: ['--epsilon-cap', '20', '--max-epsilon-per-job', '3', '--fee', '1'],
  });
  const listed = (await network.encryptech('dataset', 'list', '--json')).json<Record<string, unknown>[]>();
  expect(listed).toHaveLength(1);
  expect(listed[0]).toMatchObject({
    datasetId: dataset.datasetId,
    owner: accounts['hospital'],
    fee: '1000000000000000000',
    epsilonCap: 20,
    epsilonUsed: 0,
    deltaExponent: 5,
  });
  const { spent, reserved } = await budgetNow();
  expect([...spent, ...reserved].every((lane) => lane === 0)).toBe(true);
});

test('a quote names privacy and price, and signs nothing', async () => {
  before = await moneyOfAll();
  const made = await network.encryptech('model', 'new', 'mlp', '--inputs', '30', '--outputs', '2', '--json');
  expect(made.code).toBe(0);
  const quoted = await network.encryptech(
    'job',
    'quote',
    'model.onnx',
    '--dataset',
    dataset.datasetId,
    '--epsilon',
    '3',
    '--json',
  );
  expect(quoted.code).toBe(0);
  const quote = quoted.json<{
    epsilon: number;
    escrow: string;
    admissibleOffers: number;
    cheapest: Record<string, string>;
    limit: Record<string, string>;
  }>();
  expect(quote.epsilon).toBeLessThanOrEqual(3);
  expect(quote.epsilon).toBeGreaterThan(2.9);
  expect(quote.admissibleOffers).toBe(2);
  expect(BigInt(quote.limit['total']!)).toBeGreaterThanOrEqual(BigInt(quote.cheapest['total']!));
  escrow = BigInt(quote.escrow);
  expect(gained(before, await moneyOfAll())).toEqual({
    alpha: 0n,
    beta: 0n,
    hospital: 0n,
    developer: 0n,
    treasury: 0n,
  });
});

test('the job is ordered and followed to its settlement', async () => {
  const submitted = await network.encryptech(
    ...[
      'job',
      'submit',
      'model.onnx',
      '--dataset',
      dataset.datasetId.slice(0, 10),
      '--epsilon',
      '3',
      '--yes',
      '--json',
    ],
  );
  expect(submitted.code, submitted.out).toBe(0);
  jobId = submitted.json<{ jobId: JobId }>().jobId;
  const watched = await network.encryptech('job', 'watch', jobId, '--json');
  expect(watched.code, watched.out + watched.err).toBe(0);
  const view = watched.json<{ state: string; step: number; steps: number; timeline: { event: string }[] }>();
  expect(view.state).toBe('Settled');
  expect(view.step).toBe(view.steps);
  const events = view.timeline.map(({ event }) => event);
  expect(events.filter((event) => event !== 'Checkpointed')).toEqual(
    expect.arrayContaining(['Ordered', 'Matched', 'Started', 'KeyReleaseRecorded', 'Delivered', 'Settled']),
  );
});

test('the parts that everybody got add up to the escrow, to the wei', async () => {
  const [matched] = await jobEvents(network.client, jobId, 'Matched');
  const [settled] = await jobEvents(network.client, jobId, 'Settled');
  const { providerPaid, treasuryFee, datasetFee, refund } = settled!;
  expect(matched!.escrow).toBeLessThanOrEqual(escrow);
  expect(providerPaid + treasuryFee + datasetFee + refund).toBe(matched!.escrow);
  expect(datasetFee).toBe(10n ** 18n);
  // The treasury takes 5 % of the price, rounded up.
  expect(treasuryFee).toBe((matched!.price * 500n + 9_999n) / 10_000n);
  expect(providerPaid).toBe(matched!.price - treasuryFee);

  const worker = Object.entries(accounts).find(([, address]) => address === matched!.provider)![0];
  const idle = worker === 'alpha' ? 'beta' : 'alpha';
  const change = gained(before, await moneyOfAll());
  expect(change[worker]).toBe(providerPaid);
  expect(change[idle]).toBe(0n);
  expect(change['hospital']).toBe(datasetFee);
  expect(change['treasury']).toBe(treasuryFee);
  expect(change['developer']).toBe(refund - matched!.escrow);
  expect(Object.values(change).reduce((sum, wei) => sum + wei, 0n)).toBe(0n);
  expect((await jobState(network.client, jobId)).escrow).toBe(0n);
});

test('the result opens; model and certificate verify; the chain’s budget grew by what the certificate says', async () => {
  const fetched = await network.encryptech('job', 'result', jobId, '--out', 'result', '--json');
  expect(fetched.code, fetched.out).toBe(0);
  const verified = await network.encryptech('verify', 'result/certificate.json', '--json');
  expect(verified.code, verified.out).toBe(0);
  const verdict = verified.json<{
    ok: boolean;
    level: number;
    epsilon: number;
    delta: number;
    checks: { check: string; ok: boolean }[];
  }>();
  expect(verdict).toMatchObject({ ok: true, level: 0, delta: 1e-5 });
  expect(verdict.epsilon).toBeLessThanOrEqual(3);
  expect(verdict.checks.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['signature', 'model', 'epsilon', 'charge', 'chain', 'enclave-key', 'delivered', 'budget']),
  );

  const { certificate } = JSON.parse(
    await readFile(join(network.folder, 'result/certificate.json'), 'utf8'),
  ) as CertificateFile;
  const { spent, reserved, caps } = await budgetNow();
  const { rdpLow, rdpHigh } = certificate.ledgerCharge;
  // An order that is used up stops one above its cap.
  const charge = unpackLanes({ rdpLow: BigInt(rdpLow), rdpHigh: BigInt(rdpHigh) });
  expect(spent).toEqual(charge.map((lane, order) => Math.min(lane, caps[order]! + 1)));
  expect(spent.some((lane) => lane > 0)).toBe(true);
  expect(reserved.every((lane) => lane === 0)).toBe(true);
});

test('the model is right on more than 90 % of rows that it never saw', async () => {
  const schema = parseSchema(JSON.parse(await readFile(dataset.schemaFile, 'utf8')));
  const rows = await readCsv(new Uint8Array(await readFile(dataset.testCsv)), schema);
  const model = new Uint8Array(await readFile(join(network.folder, 'result/model.onnx')));
  const result = await evaluate(model, rows, createNodeEngine());
  expect(result.rows).toBe(114);
  expect(result.task === 'classification' && result.accuracy).toBeGreaterThan(0.9);
});

test('verify refuses another model, and a certificate that says less than it cost', async () => {
  const result = join(network.folder, 'result');
  const otherModel = await network.encryptech('verify', 'result/certificate.json', '--model', 'model.onnx', '--json');
  expect(otherModel.code).toBe(2);
  const failed = (text: { checks: { check: string; ok: boolean }[] }): string[] =>
    text.checks.filter(({ ok }) => !ok).map(({ check }) => check);
  expect(failed(otherModel.json())).toEqual(['model']);

  const file = JSON.parse(await readFile(join(result, 'certificate.json'), 'utf8')) as {
    certificate: Record<string, unknown>;
  };
  file.certificate['epsilon'] = 0.5;
  await writeFile(join(result, 'nicer.json'), JSON.stringify(file));
  const nicer = await network.encryptech('verify', 'result/nicer.json', '--json');
  expect(nicer.code).toBe(2);
  expect(failed(nicer.json())).toEqual(expect.arrayContaining(['signature', 'epsilon']));

  await copyFile(join(result, 'certificate.json'), join(network.folder, 'alone.json'));
  await writeFile(join(network.folder, 'broken.json'), '{"certificate": {}}');
  const broken = await network.encryptech('verify', 'broken.json', '--json');
  expect(broken.code).toBe(2);
  expect(broken.json<{ code: string; place: string }>().code).toMatch(/^protocol\./);
});

test('after a restart of everything a second job runs on the same state, and the budget goes on', async () => {
  const { spent: spentBefore, caps } = await budgetNow();
  const moneyBefore = await moneyOfAll();
  await network.restart();
  expect(gained(moneyBefore, await moneyOfAll())).toEqual({
    alpha: 0n,
    beta: 0n,
    hospital: 0n,
    developer: 0n,
    treasury: 0n,
  });
  expect((await budgetNow()).spent).toEqual(spentBefore);

  const done = await network.encryptech(
    ...['job', 'submit', 'model.onnx', '--dataset', dataset.datasetId, '--epsilon', '1', '--yes', '--wait', '--json'],
    // Everything that a developer may choose about a training goes the whole way, into the certificate.
    ...[
      '--trainable',
      'lora:2',
      '--clipping',
      'adaptive',
      '--optimiser',
      'adamw',
      '--schedule',
      'cosine',
      '--warmup',
      '5',
    ],
    ...['--class-weights', '1,1.5', '--augment', 'jitter:0.05', '--copies', '2'],
  );
  expect(done.code, done.out + done.err).toBe(0);
  const { state, certificateFile } = done.json<{ state: string; certificateFile: string }>();
  expect(state).toBe('Settled');
  const { certificate } = JSON.parse(await readFile(certificateFile, 'utf8')) as CertificateFile;
  // One layer of 30 inputs and 2 outputs has adapters of 30 × 2 and 2 × 2.
  expect(certificate.trained).toEqual({ selection: 'lora', parameters: 64 });
  expect(certificate.clipping).toMatchObject({ kind: 'adaptive', quantile: 0.5, rate: 0.2, share: 0.02 });
  const { clipping, clipNorm } = certificate;
  expect(clipping?.kind === 'adaptive' && clipping.lastClipNorm).not.toBe(clipNorm);
  const charge = unpackLanes({
    rdpLow: BigInt(certificate.ledgerCharge.rdpLow),
    rdpHigh: BigInt(certificate.ledgerCharge.rdpHigh),
  });
  expect((await budgetNow()).spent).toEqual(
    spentBefore.map((lane, order) => Math.min(lane + charge[order]!, caps[order]! + 1)),
  );
  const valid = await network.encryptech('verify', certificateFile);
  expect(valid.code, valid.out).toBe(0);
  expect(valid.out).toContain('only "lora" were trained, 64 numbers');
  expect(valid.out).toContain('followed the 0.5 quantile of the norms by noised counts');
  const listed = (await network.encryptech('job', 'list', '--json')).json<{ state: string }[]>();
  expect(listed.map((job) => job.state)).toEqual(['Settled', 'Settled']);
});

test('a third job under correlated noise: ordered, checked by everybody, charged, certified and verified as what it costs', async () => {
  const { spent: spentBefore, caps } = await budgetNow();
  const done = await network.encryptech(
    ...['job', 'submit', 'model.onnx', '--dataset', dataset.datasetId, '--epsilon', '1', '--steps', '40'],
    ...['--noise-bands', '8', '--yes', '--wait', '--json'],
  );
  expect(done.code, done.out + done.err).toBe(0);
  const { state, certificateFile } = done.json<{ state: string; certificateFile: string }>();
  expect(state).toBe('Settled');
  const { certificate } = JSON.parse(await readFile(certificateFile, 'utf8')) as CertificateFile;
  expect(certificate).toMatchObject({
    ...{ mechanism: 'dp-mf', correlation: { order: 'cyclic-poisson', bands: 8 } },
    ...{ samplingRate: 0.125, steps: 40, epsilon: 1 },
  });
  // 40 steps in 8 groups, each drawn whole in its turn: five steps of all rows.
  const { rdpLow, rdpHigh } = ledgerCharge({
    ...{ sigma: certificate.noiseMultiplier, q: 1, steps: 5, adjacency: 'add-or-remove-one' },
  });
  expect(certificate.ledgerCharge).toEqual({ rdpLow: chargeWord(rdpLow), rdpHigh: chargeWord(rdpHigh) });
  const charge = unpackLanes({ rdpLow, rdpHigh });
  expect((await budgetNow()).spent).toEqual(
    spentBefore.map((lane, order) => Math.min(lane + charge[order]!, caps[order]! + 1)),
  );
  const valid = await network.encryptech('verify', certificateFile);
  expect(valid.code, valid.out).toBe(0);
  expect(valid.out).toContain('correlated noise costs as DP-SGD of');
  expect(valid.out).toContain('took part in 8 groups in turn');
});

test('a fourth job takes the rows as they come, in passes, on a dataset that counts under replace-one', async () => {
  const { datasetId } = await publishWdbc(network, {
    options: ['--adjacency', 'replace-one', '--name', 'in passes', '--epsilon-cap', '20', '--max-epsilon-per-job', '8'],
  });
  const order = ['job', 'submit', 'model.onnx', '--dataset', datasetId, '--epsilon', '4', '--passes', '4', '--json'];
  const sampled = await network.encryptech(...order, '--sampling-rate', '0.1', '--dry-run');
  expect(sampled.code).toBe(2);
  expect(sampled.json<{ place: string }>().place).toBe('samplingRate');
  const elsewhere = await network.encryptech(...order.with(4, dataset.datasetId), '--steps', '40', '--dry-run');
  expect(elsewhere.json<{ code: string }>().code).toBe('privacy.badPlan');

  const done = await network.encryptech(...order, '--steps', '40', '--noise-bands', '8', '--yes', '--wait');
  expect(done.code, done.out + done.err).toBe(0);
  const { state, certificateFile } = done.json<{ state: string; certificateFile: string }>();
  expect(state).toBe('Settled');
  const { certificate } = JSON.parse(await readFile(certificateFile, 'utf8')) as CertificateFile;
  expect(certificate).toMatchObject({
    ...{ mechanism: 'dp-mf', correlation: { order: 'passes', bands: 8, passes: 4 }, adjacency: 'replace-one' },
    ...{ samplingRate: 0.1, steps: 40, epsilon: 4 },
  });
  // Each row takes part once a pass: four steps of all rows, at twice the sensitivity.
  const charge = ledgerCharge({ sigma: certificate.noiseMultiplier, q: 1, steps: 4, adjacency: 'replace-one' });
  expect(certificate.ledgerCharge).toEqual({ rdpLow: chargeWord(charge.rdpLow), rdpHigh: chargeWord(charge.rdpHigh) });
  const { spent, reserved, caps } = await datasetBudget(network.client, datasetId as DatasetId);
  expect(spent).toEqual(unpackLanes(charge).map((lane, i) => Math.min(lane, caps[i]! + 1)));
  expect(reserved.every((lane) => lane === 0)).toBe(true);
  const valid = await network.encryptech('verify', certificateFile);
  expect(valid.code, valid.out).toBe(0);
  expect(valid.out).toContain('in 4 passes of 10 steps each');
});

test('the market shows what was paid; who worked earns from emission; every wei of the economy has its place', async () => {
  const market = (await network.encryptech('market', '--json')).json<{
    offers: unknown[];
    matches: { rate: string }[];
  }>();
  expect(market.offers).toHaveLength(2);
  expect(market.matches).toHaveLength(4);

  const [matched] = await jobEvents(network.client, jobId, 'Matched');
  const worker = Object.entries(accounts).find(([, address]) => address === matched!.provider)![0];
  const shown = async () =>
    (await network.encryptech('rewards', 'show', worker, '--json')).json<{ epochs: { work: string }[] }>();
  const minted = async (): Promise<bigint> => {
    const { emission } = (await network.encryptech('economy', '--json')).json<{ emission: { minted: string } }>();
    return BigInt(emission.minted);
  };
  const { chain } = network.running;
  await chain.advanceTime(60);
  await until('the tally of the epoch', async () => ((await shown()).epochs.length > 0 ? true : undefined), {
    timeoutMs: 90_000,
    everyMs: 1_000,
  });
  await chain.advanceTime(120);
  // Its daemon fetches what is due by itself.
  await until('the daemon’s claim', async () => ((await minted()) > 0n ? true : undefined), {
    timeoutMs: 90_000,
    everyMs: 1_000,
  });

  const { code, json } = await network.encryptech('economy', '--json');
  const economy = json<{
    addsUp: boolean;
    checks: { ok: boolean }[];
    emission: { minted: string };
    supply: { total: string };
  }>();
  expect([code, economy.addsUp]).toEqual([0, true]);
  expect(BigInt(economy.supply.total)).toBe(600_000_000n * 10n ** 18n + BigInt(economy.emission.minted));
});
