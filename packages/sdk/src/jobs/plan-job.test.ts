import { beforeAll, describe, expect, test } from 'vitest';
import { digestOf, utf8 } from '@encryptech/base';
import { newMlp, writeModel } from '@encryptech/onnx';
import { epsilonOf } from '@encryptech/privacy';
import type { DatasetView } from '@encryptech/protocol';
import { prepareDataset } from '../datasets/prepare-dataset.ts';
import { planJob } from './plan-job.ts';

const ZERO = `0x${'00'.repeat(32)}` as const;
const schema = {
  version: 1,
  name: 'Pressure',
  columns: [
    { name: 'age', type: 'number', min: 0, max: 110 },
    { name: 'systolic', type: 'number', min: 60, max: 260 },
    { name: 'stroke', type: 'category', values: ['no', 'yes'] },
  ],
  target: { column: 'stroke', task: 'classification' },
};
const graph = (inputs: number): Uint8Array =>
  writeModel(newMlp({ inputs, hidden: [], outputs: 2, activation: 'tanh', seed: new Uint8Array(32) }));

let dataset: DatasetView;
beforeAll(async () => {
  const { id, manifest } = await prepareDataset({
    owner: '0x00000000000000000000000000000000000000A1',
    name: 'Pressure',
    table: utf8('age,systolic,stroke\n41,120,no\n'),
    schema,
    nominalRows: 400,
    epsilonCap: 2,
    deltaExponent: 5,
    fee: 0n,
    policy: { developers: '*', minLevel: 0, maxEpsilonPerJob: 2, measurements: [], until: 2_000_000_000 },
    secret: new Uint8Array(32),
  });
  const empty = { rdpLow: ZERO, rdpHigh: ZERO };
  dataset = {
    datasetId: id,
    owner: manifest.owner,
    manifest,
    manifestDigest: ZERO,
    policyDigest: manifest.policyDigest,
    fee: 0n,
    minLevel: 0,
    retired: false,
    budget: { epsilonCapMicro: 2_000_000, deltaExponent: 5, spent: empty, reserved: empty, epsilonUsed: 0 },
    grants: [],
  };
});

describe('planJob', () => {
  test('joins graph, dataset and choices into a spec whose epsilon an accountant confirms', () => {
    const bytes = graph(2);
    const { spec, units, charge } = planJob(bytes, dataset, { epsilon: 1, steps: 50 });
    expect(spec.graph).toBe(digestOf(bytes));
    expect(spec.dataset).toBe(dataset.datasetId);
    expect(spec.privacy.steps).toBe(50);
    const { noiseMultiplier: sigma, samplingRate: q, steps, adjacency } = spec.privacy;
    expect(epsilonOf({ sigma, q, steps, adjacency, delta: 1e-5, accountant: 'pld' })).toBeLessThanOrEqual(1);
    expect(spec.expectedBatch).toBe(q * 400);
    expect(units).toBeGreaterThan(0n);
    expect(charge.rdpLow).toBeGreaterThan(0n);
  });

  test('orders what trains, how it is clipped and how much work that is', () => {
    const shape = { inputs: 2, hidden: [512], outputs: 2, activation: 'tanh', seed: new Uint8Array(32) } as const;
    const bytes = writeModel(newMlp({ ...shape, hidden: [512] }));
    const settings = { noiseMultiplier: 30, steps: 50, microBatch: 16, durationSec: 600 } as const;
    const plain = planJob(bytes, dataset, settings);
    const adaptive = planJob(bytes, dataset, { ...settings, clipping: 'adaptive', trainable: 'biases' });
    expect(adaptive.spec.privacy.clipping).toEqual({ kind: 'adaptive', quantile: 0.5, rate: 0.2, share: 0.02 });
    expect(adaptive.spec.trainable).toBe('biases');
    expect(adaptive.model.parameters).toBe(514);
    expect(adaptive.charge).toEqual(plain.charge);
    expect(adaptive.units).toBeLessThan(plain.units);
    const copied = planJob(bytes, dataset, { ...settings, augmentation: { copies: 8, jitter: 0.1 } });
    expect(copied.units).toBeGreaterThan(plain.units);
    expect(copied.spec.augmentation).toEqual({ copies: 8, jitter: 0.1 });
    expect(plain.graph).toBe(bytes);
    const adapted = planJob(bytes, dataset, { ...settings, trainable: 'lora:1' });
    expect(adapted.spec.trainable).toBe('lora');
    expect(adapted.spec.graph).toBe(digestOf(adapted.graph));
    expect(adapted.spec.graph).not.toBe(digestOf(bytes));
    expect(planJob(bytes, dataset, settings).spec.loss).toBe('softmax-cross-entropy');
  });

  test('correlates noise over bands, in groups or in passes, and prices what it remembers', () => {
    const settings = { noiseMultiplier: 60, steps: 50, microBatch: 16, durationSec: 600 } as const;
    const fresh = planJob(graph(2), dataset, settings);
    const groups = planJob(graph(2), dataset, { ...settings, noiseBands: 4 });
    expect(groups.spec.privacy).toMatchObject({
      ...{ correlation: { order: 'cyclic-poisson', bands: 4 }, samplingRate: 0.25 },
    });
    expect(groups.plan.mechanism).toEqual({ sigma: 60, q: 1, steps: 13, adjacency: 'add-or-remove-one' });
    expect(groups.spec.expectedBatch).toBe(100);
    expect(fresh.spec.privacy.correlation).toBeUndefined();
    const large = { ...settings, noiseBands: 400, steps: 400 };
    const few = planJob(graph(2), dataset, { ...large, noiseBands: 200, samplingRate: 1 / 400 });
    expect(planJob(graph(2), dataset, { ...large, samplingRate: 1 / 400 }).units).toBeGreaterThan(few.units);

    const manifest = { ...dataset.manifest!, adjacency: 'replace-one' as const };
    const replaced = { ...dataset, manifest };
    const passes = planJob(graph(2), replaced, { ...settings, passes: 5 });
    expect(passes.spec.privacy).toMatchObject({
      ...{ correlation: { order: 'passes', bands: 10, passes: 5 }, samplingRate: 0.1, adjacency: 'replace-one' },
    });
    expect(passes.plan.mechanism).toEqual({ sigma: 60, q: 1, steps: 5, adjacency: 'replace-one' });
    expect(() => planJob(graph(2), dataset, { ...settings, passes: 5 })).toThrow(
      expect.objectContaining({ code: 'privacy.badPlan' }),
    );
    expect(() => planJob(graph(2), replaced, { ...settings, passes: 5, samplingRate: 0.1 })).toThrow(
      expect.objectContaining({ code: 'sdk.badOption', place: 'samplingRate' }),
    );
  });

  test('takes the neighbours that the dataset counts, and no others', () => {
    expect(() => planJob(graph(2), dataset, { epsilon: 1, adjacency: 'replace-one' })).toThrow(
      expect.objectContaining({ code: 'sdk.badOption', place: 'adjacency' }),
    );
  });

  test('rows of one call shrink with their copies, so that rounding costs no more noise', () => {
    const of = (copies: number) =>
      planJob(graph(2), dataset, { epsilon: 1, augmentation: { copies, jitter: 0.1 } }).spec.microBatch;
    expect(of(4)).toBe(Math.floor(of(1) / 4));
  });

  test('a model of another width is refused with the sizes that fit', () => {
    expect(() => planJob(graph(3), dataset, { epsilon: 1 })).toThrow(
      expect.objectContaining({ code: 'sdk.modelMismatch', data: { inputs: 2, outputs: 2 } }),
    );
  });

  test('a plan that costs more than is left is refused before money moves', () => {
    expect(() => planJob(graph(2), dataset, { epsilon: 3 })).toThrow(
      expect.objectContaining({ code: 'sdk.budgetTooSmall' }),
    );
  });

  test('a dataset without its manifest is not ready', () => {
    expect(() => planJob(graph(2), { ...dataset, manifest: null }, { epsilon: 1 })).toThrow(
      expect.objectContaining({ code: 'sdk.unknownDataset', retry: 'later' }),
    );
  });
});
