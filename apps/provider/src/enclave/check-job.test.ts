import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, type Hex } from '@encryptech/base';
import { trainingUnits } from '@encryptech/market';
import { checkModel } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import { signOrder, trainingSpecDigest, type JobOrder } from '@encryptech/protocol';
import { jobWork } from '@encryptech/sdk/work';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKit, makeStart, type JobKit } from '../../test/job-kit.ts';
import { checkJob } from './check-job.ts';
import type { StartBody } from './enclave-pipe.ts';
import { openJobFiles } from './job-files.ts';

let kit: JobKit;
let start: StartBody;
let folder: string;
beforeAll(async () => {
  kit = await makeKit();
  ({ folder, start } = makeStart(kit));
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (change: Partial<StartBody> = {}) => checkJob({ ...start, ...change }, openJobFiles(folder));

/** The job under a changed order that the developer signed. */
async function ordered(change: Partial<JobOrder>): Promise<Partial<StartBody>> {
  const order = { ...kit.order, ...change };
  return { order, orderSignature: await signOrder(order, kit.domain, kit.developer) };
}

describe('checkJob', () => {
  test('passes an honest job, and says what it costs', async () => {
    expect(await check()).toMatchObject({
      jobId: kit.jobId,
      datasetId: kit.order.datasetId,
      charge: { rdpLow: kit.order.rdpLow, rdpHigh: kit.order.rdpHigh },
      resume: undefined,
    });
    expect((await check()).columns).toContain('mean radius');
  });

  test('graph: another one than the order names', async () => {
    const graph = kit.graph.map((byte, i) => (i === kit.graph.length - 9 ? byte ^ 1 : byte));
    await expect(check({ graph: { bytes: graph } })).rejects.toMatchObject({ code: 'enclave.graphDigest' });
    const named = { file: 'graph.onnx', digest: digestOf(graph), size: graph.length };
    writeFileSync(join(folder, 'graph.onnx'), graph);
    await expect(check({ graph: named })).rejects.toMatchObject({ code: 'enclave.graphDigest' });
    await expect(check({ graph: { ...named, digest: kit.order.graphDigest as Hex } })).rejects.toMatchObject({
      code: 'enclave.fileDigest',
      place: 'graph.onnx',
    });
  });

  test('order: signed by somebody else, for another chain id, for another contract', async () => {
    const { signTypedData } = privateKeyToAccount(generatePrivateKey());
    const orderSignature = await signOrder(kit.order, kit.domain, { signTypedData });
    await expect(check({ orderSignature })).rejects.toMatchObject({ code: 'protocol.wrongSigner' });
    await expect(check({ chain: { id: 1, jobs: kit.domain.jobs } })).rejects.toMatchObject({
      code: 'protocol.wrongSigner',
    });
    await expect(check({ chain: { id: 31337, jobs: kit.provider } })).rejects.toMatchObject({
      code: 'protocol.wrongSigner',
    });
  });

  test('spec: another one, and one with more steps than the order pays', async () => {
    const spec = { ...kit.spec, optimiser: { ...kit.spec.optimiser, learningRate: 9 } };
    await expect(check({ spec })).rejects.toMatchObject({ code: 'protocol.orderMismatch', place: 'specDigest' });
    const longer = { ...kit.spec, privacy: { ...kit.spec.privacy, steps: 13 } };
    const change = await ordered({ specDigest: trainingSpecDigest(longer) });
    await expect(check({ ...change, spec: longer })).rejects.toMatchObject({
      code: 'protocol.orderMismatch',
      place: 'steps',
    });
  });

  test('units: less work, or more, than the graph gives', async () => {
    for (const units of [kit.order.units - 1n, kit.order.units + 1n]) {
      await expect(check(await ordered({ units }))).rejects.toMatchObject({ code: 'enclave.unitsMismatch' });
    }
  });

  test('units: copies of each example count in the price', async () => {
    const copied = { ...kit.spec, augmentation: { copies: 4, jitter: 0.1 } };
    const hidden = await ordered({ specDigest: trainingSpecDigest(copied) });
    await expect(check({ ...hidden, spec: copied })).rejects.toMatchObject({ code: 'enclave.unitsMismatch' });
  });

  test('units: what never trains counts once a row, and neither more nor less of it passes', async () => {
    const frozen = await makeKit({ hidden: [64], trainable: 'last:1' });
    const made = makeStart(frozen);
    try {
      const checked = (units: bigint) =>
        signOrder({ ...frozen.order, units }, frozen.domain, frozen.developer).then((orderSignature) =>
          checkJob({ ...made.start, order: { ...frozen.order, units }, orderSignature }, openJobFiles(made.folder)),
        );
      expect((await checked(frozen.order.units)).jobId).toBe(frozen.jobId);
      const { flopsPerExample, parameterBytes, activationBytesPerExample } = checkModel(frozen.graph, {}, 'last:1');
      const inEachStep = trainingUnits({
        ...{ flopsPerExample, parameterBytes, activationBytesPerExample },
        ...{ expectedBatch: 56.9, microBatch: 64, steps: 12, durationSec: 600 },
      });
      expect(inEachStep).not.toBe(frozen.order.units);
      await expect(checked(inEachStep)).rejects.toMatchObject({ code: 'enclave.unitsMismatch' });
    } finally {
      rmSync(made.folder, { recursive: true });
    }
  });

  test('adjacency mixed: a plan under another relation of neighbours than the dataset’s budget counts', async () => {
    const privacy = { ...kit.spec.privacy, adjacency: 'replace-one' as const };
    const spec = { ...kit.spec, privacy };
    const change = await ordered({ specDigest: trainingSpecDigest(spec) });
    await expect(check({ ...change, spec })).rejects.toMatchObject({ code: 'enclave.adjacencyMismatch' });
    const manifest = { ...kit.manifest, adjacency: 'replace-one' as const };
    await expect(check({ manifest })).rejects.toMatchObject({ code: 'enclave.adjacencyMismatch' });
  });

  test('plan: correlated noise is reserved as what it costs, not as fresh noise at its own rate', async () => {
    const privacy = { ...kit.spec.privacy, correlation: { order: 'cyclic-poisson', bands: 4 } as const };
    const costly = createPlan({ ...privacy, epsilon: undefined } as never);
    const spec = { ...kit.spec, privacy: { ...privacy, epsilon: costly.epsilon } };
    const { units } = jobWork(kit.graph, spec);
    const change = { specDigest: trainingSpecDigest(spec), units };
    await expect(check({ ...(await ordered(change)), spec })).rejects.toMatchObject({ code: 'enclave.chargeTooLarge' });
    const reserved = await check({ ...(await ordered({ ...change, ...costly.charge })), spec });
    expect(reserved.charge).toEqual(costly.charge);
  });

  test('spec: a selection of parameters that the graph does not have', async () => {
    const spec = { ...kit.spec, trainable: 'nothing.of.this.name' };
    const change = await ordered({ specDigest: trainingSpecDigest(spec) });
    await expect(check({ ...change, spec })).rejects.toMatchObject({ code: 'onnx.badRequest' });
  });

  test('charge: a reservation that is too small in one lane; a larger one is fine', async () => {
    await expect(check(await ordered({ rdpLow: kit.order.rdpLow - 1n }))).rejects.toMatchObject({
      code: 'enclave.chargeTooLarge',
    });
    const more = await check(await ordered({ rdpHigh: kit.order.rdpHigh + (1n << 224n) }));
    expect(more.charge.rdpHigh).toBe(kit.order.rdpHigh);
  });

  test('plan: an epsilon that its own numbers do not give', async () => {
    const privacy = { ...kit.spec.privacy, epsilon: kit.spec.privacy.epsilon * 0.9 };
    const spec = { ...kit.spec, privacy };
    const change = await ordered({ specDigest: trainingSpecDigest(spec) });
    await expect(check({ ...change, spec })).rejects.toMatchObject({ code: 'privacy.badPlan' });
  });

  test('batch: another expected size than the sampling rate and the declared rows give', async () => {
    const spec = { ...kit.spec, expectedBatch: 57 };
    const change = await ordered({ specDigest: trainingSpecDigest(spec) });
    await expect(check({ ...change, spec })).rejects.toMatchObject({ code: 'enclave.batchMismatch' });
  });

  test('dataset: another owner, another manifest, another privacy unit', async () => {
    await expect(
      check({ owner: kit.provider, manifest: { ...kit.manifest, owner: kit.provider } }),
    ).rejects.toMatchObject({ code: 'enclave.wrongDataset' });
    await expect(check({ owner: kit.provider })).rejects.toMatchObject({ code: 'enclave.wrongDataset' });
    const blob: Hex = `0x${'22'.repeat(32)}`;
    await expect(check({ manifest: { ...kit.manifest, blob } })).rejects.toMatchObject({
      code: 'enclave.wrongDataset',
    });
    await expect(check({ manifest: { ...kit.manifest, unit: 'unit' } })).rejects.toMatchObject({
      code: 'enclave.unitMismatch',
    });
  });

  test('data: altered, cut short, missing', async () => {
    const altered = kit.sealedData.slice();
    altered[altered.length >> 1]! ^= 1;
    writeFileSync(join(folder, 'altered'), altered);
    writeFileSync(join(folder, 'short'), kit.sealedData.subarray(1));
    for (const data of ['altered', 'short']) {
      await expect(check({ data })).rejects.toMatchObject({ code: 'enclave.dataDigest' });
    }
    await expect(check({ data: 'missing' })).rejects.toMatchObject({ code: 'enclave.fileMissing', place: 'missing' });
  });

  test('checkpoint: of another job, with other bytes, past the end', async () => {
    const sealed = Uint8Array.of(1, 2, 3);
    const checkpoint = { jobId: kit.jobId as Hex, attempt: 1, step: 5, digest: digestOf(sealed) };
    const resume = (change: Partial<typeof checkpoint>) =>
      check({ resume: { checkpoint: { ...checkpoint, ...change }, sealed: { bytes: sealed } } });
    expect((await resume({})).resume).toEqual({ step: 5, sealed });
    for (const change of [{ jobId: `0x${'33'.repeat(32)}` as Hex }, { digest: digestOf(kit.graph) }, { step: 12 }]) {
      await expect(resume(change)).rejects.toMatchObject({ code: 'enclave.foreignCheckpoint' });
    }
  });
});
