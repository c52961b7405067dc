import { writeModel } from '@encryptech/onnx';
import { createPlan, type PrivacyPlanOptions } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { randomTable } from '../../test/random-table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import type { TrainingJob } from '../training/training-job.ts';
import { auditTraining, type AuditTrainingOptions } from './audit-training.ts';

const engine = createNodeEngine();
const table = randomTable({ rows: 80, width: 3 });
function jobOf(plan: Partial<PrivacyPlanOptions>, job: Partial<TrainingJob> = {}): TrainingJob {
  const made = createPlan({
    adjacency: 'add-or-remove-one',
    unit: 'row',
    clipNorm: 1,
    samplingRate: 1,
    steps: 9,
    deltaExponent: 5,
    noiseMultiplier: 3,
    ...plan,
  });
  return {
    graph: writeModel(
      linearModel(
        [
          [0, 0, 0],
          [0, 0, 0],
        ],
        [0, 0],
      ),
    ),
    loss: 'softmax-cross-entropy',
    optimiser: { kind: 'sgd', learningRate: 0.5, momentum: 0.9, averaging: { kind: 'tail', fromStep: 3 } },
    plan: made.toJSON(),
    expectedBatch: 80 * made.samplingRate,
    microBatch: 64,
    checkpointEvery: 3,
    ...job,
  };
}
const audit = (job: TrainingJob, options: Partial<AuditTrainingOptions> = {}) =>
  auditTraining({
    ...{ job, table, engine, root: new Uint8Array(32).fill(1), attack: 'gradient', canaries: 800, significance: 0.05 },
    ...options,
  });

describe('an audit by gradients', () => {
  test.each<[string, TrainingJob]>([
    ['every row in every step', jobOf({})],
    ['sampled rows', jobOf({ samplingRate: 0.2, steps: 30, noiseMultiplier: 1.3 })],
    ['rows that are replaced', jobOf({ adjacency: 'replace-one', noiseMultiplier: 6 })],
    [
      'one output for two classes',
      jobOf({}, { graph: writeModel(linearModel([[0, 0, 0]], [0])), loss: 'binary-cross-entropy-with-logits' }),
    ],
  ])('%s: finds a good part of what is promised, and no more', async (_, job) => {
    const found = await audit(job);
    expect(found.verdict).toBe('consistent');
    expect(found.gaussianEpsilon).toBeGreaterThan(0.25 * job.plan.epsilon!);
    expect(found.epsilon).toBeGreaterThan(0.15 * job.plan.epsilon!);
    expect(found.epsilon).toBeLessThan(job.plan.epsilon!);
    expect(found.claimed).toEqual({ epsilon: job.plan.epsilon, delta: 1e-5 });
    expect(found.membership.members + found.membership.others).toBe(800);
  });

  test('its membership test is as good as theory says: area Φ(μ/√2) = 0.7602 at μ = √9/3', async () => {
    const { membership } = await audit(jobOf({}), { canaries: 4000 });
    expect(membership.auc).toBeGreaterThan(0.74);
    expect(membership.auc).toBeLessThan(0.78);
  });

  test('a regression', async () => {
    const model = writeModel(linearModel([[0, 0, 0]], [0]));
    const numbers = {
      ...table,
      task: 'regression' as const,
      outputs: 1,
      targets: Float32Array.from(table.targets, Number),
    };
    const found = await audit(jobOf({}, { graph: model, loss: 'mean-squared-error' }), { table: numbers });
    expect(found.gaussianEpsilon).toBeGreaterThan(1);
    expect(found.verdict).toBe('consistent');
  });

  test('rows of units, and pictures in bytes, are audited alike', async () => {
    const units = {
      ...table,
      unit: 'unit' as const,
      units: Array.from({ length: 16 }, (_, i) => [0, 1, 2, 3, 4].map((k) => 5 * i + k)),
    };
    const bytes = { ...units, features: Uint8Array.from(table.features, (value) => 100 * Math.abs(value)) };
    for (const on of [units, bytes]) {
      const found = await audit(jobOf({ unit: 'unit' }), { table: on });
      expect(found).toMatchObject({ verdict: 'consistent', canaries: 800 });
      expect(found.gaussianEpsilon).toBeGreaterThan(1);
    }
  });

  test('repeats under one root, and draws other coins under another', async () => {
    const job = jobOf({ steps: 2 });
    const [a, b, c] = [
      await audit(job, { canaries: 100 }),
      await audit(job, { canaries: 100 }),
      await audit(job, { canaries: 100, root: new Uint8Array(32).fill(2) }),
    ];
    expect(b).toEqual(a);
    expect(c.membership).not.toEqual(a.membership);
  });
});

describe('an audit by losses', () => {
  test('an overfitted model without enough noise shows its members; a private one does not', async () => {
    const wide = randomTable({ rows: 60, width: 100 });
    const labels = BigInt64Array.from({ length: 60 }, (_, i) => BigInt((i * i + (i >> 2)) % 2));
    const graph = writeModel(linearModel([Array<number>(100).fill(0), Array<number>(100).fill(0)], [0, 0]));
    const found = (noiseMultiplier: number, steps: number) =>
      audit(jobOf({ noiseMultiplier, steps, clipNorm: 5 }, { graph }), {
        ...{ table: { ...wide, targets: labels }, attack: 'loss', canaries: 60 },
      });
    const [open, shut] = [await found(0.05, 30), await found(40, 30)];
    expect(open.membership.auc).toBeGreaterThan(0.8);
    expect(open.epsilon).toBeGreaterThan(0.5);
    expect(open.verdict).toBe('consistent');
    expect(Math.abs(shut.membership.auc - 0.5)).toBeLessThan(0.25);
    expect(shut.epsilon).toBe(0);
  });
});

test.each<[string, Partial<AuditTrainingOptions>, TrainingJob]>([
  ['too few canaries', { canaries: 19 }, jobOf({})],
  ['half a canary', { canaries: 100.5 }, jobOf({})],
  ['more held-out units than there are', { attack: 'loss', canaries: 81 }, jobOf({})],
  [
    'held-out rows for a promise about replaced ones',
    { attack: 'loss', canaries: 40 },
    jobOf({ adjacency: 'replace-one' }),
  ],
])('refuses %s', async (_, options, job) => {
  await expect(audit(job, options)).rejects.toMatchObject({ code: 'learning.badJob' });
});

test('can be cancelled, and reports steps', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const run = audit(jobOf({}), {
    ...{ canaries: 40, signal: controller.signal },
    onProgress: ({ step }) => (seen.push(step), step === 3 && controller.abort()),
  });
  await expect(run).rejects.toMatchObject({ code: 'learning.cancelled' });
  expect(seen).toEqual([1, 2, 3]);
});
