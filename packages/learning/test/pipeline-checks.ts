import { readFile } from 'node:fs/promises';
import { floatValues, readModel, writeModel } from '@encryptech/onnx';
import { createPlan, type PrivacyPlanOptions } from '@encryptech/privacy';
import { auditTraining } from '../src/audit/audit-training.ts';
import type { Engine } from '../src/engine/engine.ts';
import { trainPrivately } from '../src/training/train-privately.ts';
import type { TrainingJob } from '../src/training/training-job.ts';
import { linearModel } from './linear-model.ts';
import { logisticClippedSum } from './logistic-oracle.ts';
import { randomTable } from './random-table.ts';

const root = new Uint8Array(32).fill(3);
const table = randomTable({ rows: 60, width: 3 });
const start = [0.1, -0.2, 0.3, 0, 0.5, -0.1, 0.05, -0.05];
const small = writeModel(linearModel([start.slice(0, 3), start.slice(3, 6)], start.slice(6)));
const zeros = Array<number>(500).fill(0);
const wide = writeModel(linearModel([zeros, zeros], [0, 0]));

function jobOf(plan: Partial<PrivacyPlanOptions>, job: Partial<TrainingJob> = {}): TrainingJob {
  const made = createPlan({
    adjacency: 'add-or-remove-one',
    unit: 'row',
    clipNorm: 0.5,
    samplingRate: 1,
    steps: 1,
    deltaExponent: 5,
    noiseMultiplier: 2,
    ...plan,
  });
  return {
    graph: small,
    loss: 'softmax-cross-entropy',
    optimiser: { kind: 'sgd', learningRate: 1, momentum: 0, averaging: { kind: 'none' } },
    plan: made.toJSON(),
    expectedBatch: 40,
    microBatch: 32,
    checkpointEvery: 1000,
    ...job,
  };
}

const weightsOf = (model: Uint8Array): number[] => {
  const { initializers } = readModel(model);
  return ['weight', 'bias'].flatMap((name) => [...floatValues(initializers.get(name)!)]);
};

/** Throws unless the claim holds. */
function claim(holds: boolean, found: unknown): void {
  if (!holds) throw new Error(`found ${String(found)}`);
}

/** With next to no noise a step is the sum of clipped gradients by hand, over the public expected batch. */
async function sumsByHand(engine: Engine, on = table): Promise<void> {
  const job = jobOf({ noiseMultiplier: 0.001 });
  const { model } = await trainPrivately({ job, table: on, engine, root });
  const sum = logisticClippedSum(table, rowsWithNumbers(on), start, 0.5);
  const errors = weightsOf(model).map((weight, i) => Math.abs(40 * (start[i]! - weight) - sum[i]!));
  claim(Math.max(...errors) < 0.01, Math.max(...errors));
}
const rowsWithNumbers = ({ features, width }: typeof table): number[] =>
  table.units.flat().filter((row) => !features.subarray(row * width, (row + 1) * width).some(Number.isNaN));

/** Standard deviation of the noise of `steps` steps without rows, over σ·C. */
async function noiseOfEmptySteps(engine: Engine, steps: number): Promise<number> {
  const job = jobOf({ samplingRate: 1e-6, steps }, { graph: wide, expectedBatch: 1 });
  const rows = randomTable({ rows: 4, width: 500 });
  const weights = weightsOf((await trainPrivately({ job, table: rows, engine, root })).model);
  return Math.sqrt(weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length);
}

/** The sizes of the batches that the training computes on. */
async function batchSizes(engine: Engine, samplingRate: number, steps: number): Promise<number[]> {
  const sizes: number[] = [];
  const counting: Engine = {
    name: engine.name,
    async open(model) {
      const session = await engine.open(model);
      return {
        close: () => session.close(),
        run(inputs, outputs) {
          sizes.push((inputs['mask']!.data as Float32Array).reduce((sum, value) => sum + value, 0));
          return session.run(inputs, outputs);
        },
      };
    },
  };
  const many = randomTable({ rows: 200, width: 3 });
  const job = jobOf({ samplingRate, steps, noiseMultiplier: 5 }, { expectedBatch: 60, microBatch: 256 });
  await trainPrivately({ job, table: many, engine: counting, root });
  return sizes;
}

/** What has to hold of any private training, by name. */
export const pipelineChecks = {
  'sums of clipped gradients, by hand': (engine) => sumsByHand(engine),

  'a row that is not a number counts nothing': (engine) => {
    const features = (table.features as Float32Array).slice();
    features[3 * 10] = Number.NaN;
    return sumsByHand(engine, { ...table, features });
  },

  'noise of the announced size, in a step without rows': async (engine) => {
    const deviation = await noiseOfEmptySteps(engine, 1);
    claim(Math.abs(deviation - 1) < 0.1, deviation);
  },

  'fresh noise in every step': async (engine) => {
    const ratio = (await noiseOfEmptySteps(engine, 4)) / Math.max(1e-9, await noiseOfEmptySteps(engine, 1));
    claim(Math.abs(ratio - 2) < 0.2, ratio);
  },

  'batches of the announced mean and of binomial spread': async (engine) => {
    const sizes = await batchSizes(engine, 0.3, 60);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / sizes.length;
    // 200·0.3 ± 5 standard errors, and 200·0.3·0.7 ± 3.5.
    claim(Math.abs(mean - 60) < 4.2 && Math.abs(variance - 42) < 27, [mean, variance]);
  },

  'every step is charged': async (engine) => {
    const lowestOrder = async (steps: number) => {
      const job = jobOf({ steps, noiseMultiplier: 8 });
      const { charge } = await trainPrivately({ job, table, engine, root });
      return Number(charge.rdpLow & 0xffffffffn);
    };
    // Rényi divergences of equal steps add up; the ledger rounds each charge up by less than a unit.
    const [one, eight] = [await lowestOrder(2), await lowestOrder(16)];
    claim(Math.abs(eight / one - 8) < 0.01, eight / one);
  },

  'a model that mixes the batch is refused': async (engine) => {
    for (const name of ['batchnorm-train', 'batch-centred']) {
      const graph = new Uint8Array(
        await readFile(new URL(`../../../vectors/pytorch/${name}/model.onnx`, import.meta.url)),
      );
      const refused = await trainPrivately({ job: jobOf({}, { graph }), table, engine, root }).then(
        () => 'nothing',
        ({ code }: { code: string }) => code,
      );
      claim(refused === 'onnx.mixesBatch', refused);
    }
  },

  // Of 2.5 times the rate it finds an epsilon of 3.2 ± 0.3 where 2.1 is promised: one seed in 10,000 misses it.
  'audit in one run, of sampled rows': (engine) =>
    audited(engine, { samplingRate: 0.2, steps: 100, noiseMultiplier: 4 }, 2000),

  'audit in one run, of every row in every step': (engine) => audited(engine, { steps: 4, noiseMultiplier: 2 }),
} satisfies Record<string, (engine: Engine) => Promise<void>>;

export type PipelineCheck = keyof typeof pipelineChecks;

async function audited(engine: Engine, plan: Partial<PrivacyPlanOptions>, canaries = 1200): Promise<void> {
  const job = jobOf(plan, { expectedBatch: 60 * (plan.samplingRate ?? 1), microBatch: 128 });
  const found = await auditTraining({
    ...{ job, table, engine, root, attack: 'gradient', canaries, significance: 0.05 },
  });
  claim(found.verdict === 'consistent', found.gaussianEpsilon);
}
