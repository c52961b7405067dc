import { floatValues, newMlp, readModel, writeModel } from '@encryptech/onnx';
import { createPlan, type PrivacyPlanOptions } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { randomTable } from '../../test/random-table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { trainPrivately, type TrainPrivatelyOptions } from './train-privately.ts';
import type { Optimiser, TrainingJob } from './training-job.ts';

const engine = createNodeEngine();
const root = new Uint8Array(32).fill(8);
const table = randomTable({ rows: 80, width: 4 });
const mlp = writeModel(newMlp({ inputs: 4, hidden: [6], outputs: 2, activation: 'tanh', seed: new Uint8Array([1]) }));
const sgd: Optimiser = { kind: 'sgd', learningRate: 0.5, momentum: 0.5, averaging: { kind: 'none' } };
const adam: Optimiser = {
  ...{ kind: 'adam', learningRate: 0.05, averaging: { kind: 'ema', decay: 0.9 } },
  ...{ beta1: 0.9, beta2: 0.99, floor: 0.1 },
};
const groups = { correlation: { order: 'cyclic-poisson', bands: 4 }, samplingRate: 0.2 } as const;
const passes = {
  correlation: { order: 'passes', bands: 5, passes: 2 },
  samplingRate: 0.2,
  adjacency: 'replace-one',
} as const;

const jobOf = (plan: Partial<PrivacyPlanOptions>, job: Partial<TrainingJob> = {}): TrainingJob => ({
  ...{ graph: mlp, loss: 'softmax-cross-entropy', optimiser: sgd },
  plan: createPlan({
    ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 0.5, samplingRate: 0.2, steps: 10 },
    ...{ deltaExponent: 5, noiseMultiplier: 4, ...plan },
  }).toJSON(),
  ...{ expectedBatch: 16, microBatch: 8, checkpointEvery: 1, ...job },
});
const train = (job: TrainingJob, options: Partial<TrainPrivatelyOptions> = {}) =>
  trainPrivately({ job, table, engine, root, ...options });

describe('training under correlated noise', () => {
  test.each<[string, TrainingJob]>([
    ['groups, SGD', jobOf(groups)],
    ['passes, Adam, augmentation', jobOf(passes, { optimiser: adam, augmentation: { copies: 2, jitter: 0.1 } })],
    ['one band', jobOf({ correlation: { order: 'cyclic-poisson', bands: 1 } })],
  ])('resumes to the same bits from every checkpoint: %s', async (_, job) => {
    const checkpoints: Uint8Array[] = [];
    const onCheckpoint = ({ bytes }: { bytes: Uint8Array }) => void checkpoints.push(bytes);
    const whole = await train(job, { onCheckpoint });
    expect(checkpoints).toHaveLength(9);
    for (const resumeFrom of checkpoints) {
      const seen: number[] = [];
      const resumed = await train(job, { resumeFrom, onProgress: ({ step }) => seen.push(step) });
      expect(resumed).toEqual(whole);
      // Steps before the checkpoint are not drawn, hence not accounted, again.
      expect(seen[0]).toBe(checkpoints.indexOf(resumeFrom) + 2);
    }
  });

  test('costs what the plan says: n steps in groups as n/b of DP-SGD at b times the rate', async () => {
    const { epsilon, charge } = await train(jobOf(groups));
    const equal = createPlan({
      ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 0.5, samplingRate: 0.8, steps: 3 },
      ...{ deltaExponent: 5, noiseMultiplier: 4 },
    });
    expect(epsilon).toBe(equal.epsilon);
    expect(charge).toEqual(equal.charge);
  });

  test('leaves far less noise in the trained weights than fresh noise of the same size', async () => {
    const graph = writeModel(
      newMlp({ inputs: 4, hidden: [], outputs: 2, activation: 'tanh', seed: new Uint8Array([2]) }),
    );
    // Rows without features leave every weight but the biases to noise alone.
    const empty = { ...table, features: new Float32Array(table.features.length) };
    const noiseOf = async (bands: number) => {
      let square = 0;
      for (let run = 0; run < 12; run++) {
        const { model } = await train(
          jobOf(
            {
              ...passes,
              ...{ correlation: { order: 'passes', bands, passes: 2 } as const, steps: 40, samplingRate: 0.05 },
            },
            { graph, optimiser: { ...sgd, momentum: 0 } as Optimiser, expectedBatch: 4 },
          ),
          { table: empty, root: new Uint8Array(32).fill(100 + run) },
        );
        const before = readModel(graph).initializers;
        for (const [name, tensor] of readModel(model).initializers) {
          if (tensor.type !== 'float32' || tensor.dims.length !== 2) continue;
          floatValues(tensor).forEach((value, i) => (square += (value - floatValues(before.get(name)!)[i]!) ** 2));
        }
      }
      return Math.sqrt(square / (12 * 8));
    };
    // Fresh noise adds up to rate·σC·√40 over the expected batch: 0.5·2·6.32/4.
    const fresh = await noiseOf(1);
    expect(Math.abs(fresh / 1.581 - 1)).toBeLessThan(0.35);
    expect(await noiseOf(20)).toBeLessThan(0.55 * fresh);
  });

  test('refuses more memory of noise than there is', async () => {
    const plan = { correlation: { order: 'cyclic-poisson', bands: 4096 }, samplingRate: 1 / 4096 } as const;
    const graph = writeModel(
      newMlp({ inputs: 4, hidden: [2000], outputs: 2, activation: 'tanh', seed: new Uint8Array([1]) }),
    );
    await expect(train(jobOf(plan, { graph }))).rejects.toMatchObject({
      ...{ code: 'learning.badJob', place: 'plan.correlation.bands' },
    });
  });
});
