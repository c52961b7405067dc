import { floatValues, readModel, writeModel, type Graph } from '@encryptech/onnx';
import type { PrivacyPlan } from '@encryptech/privacy';
import type { Table } from '../data/table.ts';
import type { Engine } from '../engine/engine.ts';
import { learningError } from '../errors.ts';
import { predict } from '../inference/predict.ts';
import { trainPrivately, type TrainPrivatelyOptions } from '../training/train-privately.ts';
import type { TrainingJob } from '../training/training-job.ts';
import { canaryResidual } from './canary-residual.ts';
import { CANARY_WEIGHTS, withCanaryHead } from './with-canary-head.ts';

export interface AttackOptions extends Pick<TrainPrivatelyOptions, 'onProgress' | 'signal' | 'now'> {
  readonly job: TrainingJob;
  readonly plan: PrivacyPlan;
  readonly table: Table;
  readonly engine: Engine;
  readonly coins: readonly boolean[];
  /** The training's randomness root. */
  readonly root: Uint8Array;
}

/** How far a canary's gradient is beyond the clip norm, at least: then it is clipped in every step. */
const LOUDNESS = 100;
/** How far all noise together may move a canary's outputs: its gradient is the same in every step. */
const DRIFT = 0.01;

/**
 * Scores of canaries that each have weights of their own in the released model: how far they moved along the canary's
 * gradient, in units of one clipped step. The job's graph, loss, plan and rows are as they are; the optimiser is plain
 * gradient descent by a small constant rate, so that the released weights are the sum of all noised sums, which is the most
 * that anybody sees of a run.
 *
 * Under `add-or-remove-one` the coin says whether the canary is there, under `replace-one` which of two labels it has.
 *
 * @throws what `trainPrivately` throws; `learning.mismatch` for a model without a list of outputs, or without a gradient at zeros
 */
export async function auditByGradient(options: AttackOptions): Promise<Float64Array> {
  const { job, plan, table, engine, coins, root, ...watch } = options;
  const graph = readModel(job.graph);
  const factor = LOUDNESS * Math.max(1, plan.clipNorm);
  const widened = withCanaryHead(graph, coins.length);
  const outputs = await outputsAtZero(job.graph, graph, table, engine);
  const residual = canaryResidual(job.loss, outputs, plan.adjacency);
  const { noiseMultiplier, clipNorm, steps, adjacency } = plan;
  const rate = (DRIFT * job.expectedBatch) / (factor * clipNorm * Math.max(noiseMultiplier, 1) * Math.sqrt(steps));
  const { model } = await trainPrivately({
    ...watch,
    ...{ engine, root },
    job: {
      ...job,
      graph: writeModel(widened),
      optimiser: { kind: 'sgd', learningRate: rate, momentum: 0, averaging: { kind: 'none' } },
      checkpointEvery: steps,
      // The canaries' weights must train, and their two inputs are no part of a picture.
      augmentation: undefined,
      trainable: undefined,
    },
    table: plantCanaries(table, coins, { factor, adjacency, targets: residual.targets }),
  });
  const weights = floatValues(readModel(model).initializers.get(CANARY_WEIGHTS)!);
  const width = residual.direction.length;
  return Float64Array.from(coins, (_, i) => {
    // Row 0 is nobody's.
    const row = weights.subarray((i + 1) * width, (i + 2) * width);
    const along = residual.direction.reduce((sum, part, k) => sum + part * row[k]!, 0);
    return (along * job.expectedBatch) / (rate * clipNorm);
  });
}

/** What the model says of an example of zeros, which is what a canary is but for its own row. */
async function outputsAtZero(model: Uint8Array, graph: Graph, { width }: Table, engine: Engine): Promise<number[]> {
  const { values } = await predict(model, { features: new Float32Array(width), width, rows: 1 }, engine);
  const outputs = [...values];
  if (outputs.every(Number.isFinite)) return outputs;
  throw learningError({
    code: 'learning.mismatch',
    message: `The model "${graph.name}" gives no finite numbers for an example of zeros.`,
    hint: 'Audit it by losses.',
  });
}

/** The table's rows, widened by two zeros each, and after them the canaries that are in. */
function plantCanaries(
  table: Table,
  coins: readonly boolean[],
  {
    factor,
    adjacency,
    targets,
  }: { factor: number; adjacency: PrivacyPlan['adjacency']; targets: { in: number; out: number } },
): Table {
  const { width, rows } = table;
  const planted = coins.flatMap((isIn, canary) => {
    if (isIn) return [{ canary, target: targets.in }];
    return adjacency === 'replace-one' ? [{ canary, target: targets.out }] : [];
  });
  const features = new Float32Array((rows + planted.length) * (width + 2));
  const scale = table.features instanceof Float32Array ? 1 : 1 / 255;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) features[row * (width + 2) + i] = scale * table.features[row * width + i]!;
  }
  planted.forEach(({ canary }, i) => {
    features.set([canary + 1, factor], (rows + i) * (width + 2) + width);
  });
  const planTargets = planted.map(({ target }) => target);
  return {
    ...table,
    features,
    width: width + 2,
    rows: rows + planted.length,
    targets:
      table.targets instanceof BigInt64Array
        ? BigInt64Array.from([...table.targets, ...planTargets.map(BigInt)])
        : Float32Array.from([...table.targets, ...planTargets]),
    // Each canary is a unit of its own.
    units: [...table.units, ...planted.map((_, i) => [rows + i])],
  };
}
