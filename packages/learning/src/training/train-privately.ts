import { readModel } from '@encryptech/onnx';
import { createPlan } from '@encryptech/privacy';
import type { Table } from '../data/table.ts';
import type { Engine } from '../engine/engine.ts';
import { learningError } from '../errors.ts';
import { precomputeFrozen } from '../features/precompute-frozen.ts';
import { checkJob } from './check-job.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import { declaredRows } from './declared-rows.ts';
import { openGradientSums } from './gradient-sums.ts';
import { initialState } from './initial-state.ts';
import { optimiserStep } from './optimiser-step.ts';
import { progressMeter, type Progress } from './progress-meter.ts';
import { publicCalls } from './public-calls.ts';
import { releasedModel } from './released-model.ts';
import { runKeys } from './run-keys.ts';
import type { TrainingJob } from './training-job.ts';
import { windowLength } from './window-length.ts';

export interface TrainPrivatelyOptions {
  job: TrainingJob;
  table: Table;
  engine: Engine;
  /**
   * 32 secret random bytes for this job on this dataset: batches and noise grow from it, so that a run which is repeated
   * repeats them and shows nothing new. Never use one root for two datasets.
   */
  root: Uint8Array;
  /** A checkpoint that this job on these rows under this root has written: the run goes on where it was. */
  resumeFrom?: Uint8Array | undefined;
  /** Called after each step with public facts only. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Called, and waited for, after each `checkpointEvery` steps but not after the last. */
  onCheckpoint?: ((checkpoint: { step: number; bytes: Uint8Array }) => void | Promise<void>) | undefined;
  signal?: AbortSignal | undefined;
  /** Milliseconds from any origin, for the progress reports; `performance.now` if left out. */
  now?: (() => number) | undefined;
}

/** What comes out of a training, and may leave. */
export interface TrainedModel {
  /** The graph of the job with the learned weights, an ONNX file. */
  model: Uint8Array;
  steps: number;
  epsilon: number;
  delta: number;
  /** What the dataset's Rényi ledger is charged, packed. */
  charge: { rdpLow: bigint; rdpHigh: bigint };
  /** Numbers that were trained; the others are as the graph brought them. */
  trainedParameters: number;
  /** The clip norm that an adaptive plan came to, by noised counts; the plan's own for any other. */
  clipNorm: number;
}

/**
 * The job's model, trained on the table by DP-SGD (Abadi et al. 2016): each step draws a batch by the plan, sums the
 * clipped gradients of its rows, adds the plan's noise to the sum once, divides by the *public* expected batch, and takes
 * an optimiser step. Nothing else reads the rows, and nothing but the noised sums goes on from a step (and, where the clip
 * norm adapts, a noised count that is paid for with them): no loss, no norm, no batch size. Where the plan correlates noise, a
 * step's sum less what was released for it stays for `bands` steps, and in checkpoints under a key of the root.
 *
 * The micro-batch bounds memory; noise is added once a step, however many there are, and covers the rounding of their sums.
 * A batch without rows is a step of noise like any other. Resuming from a checkpoint gives the same model as never having
 * stopped.
 *
 * @throws `learning.badJob`, `learning.mismatch` (graph, table and plan don't fit), `learning.badCheckpoint`,
 * `learning.forgedCheckpoint`, `learning.foreignCheckpoint`, `learning.cancelled`, `learning.engineFailed`, `onnx.…`,
 * `privacy.…`
 *
 * @example
 * const { model, epsilon } = await trainPrivately({ job, table, engine: createNodeEngine(), root });
 */
export async function trainPrivately(options: TrainPrivatelyOptions): Promise<TrainedModel> {
  const {
    job,
    table,
    engine,
    root,
    resumeFrom,
    onProgress,
    onCheckpoint,
    signal,
    now = () => performance.now(),
  } = options;
  checkJob(job);
  const plan = createPlan(job.plan);
  if (plan.unit !== table.unit) {
    throw learningError({
      code: 'learning.mismatch',
      message: `The plan protects each ${plan.unit === 'unit' ? 'unit' : 'row'}, the table's schema says ${table.unit}.`,
      hint: 'Order the job with the privacy unit that the dataset declares.',
    });
  }
  const { steps } = plan;
  const isAdaptive = plan.clipping?.kind === 'adaptive';
  const copies = job.augmentation?.copies ?? 1;
  const graph = readModel(job.graph);
  const keys = await runKeys(root, job, table);
  // Copies are made of rows as they are, so features of theirs can't be known before.
  const { trainable } = job;
  const features = job.augmentation
    ? { graph, table }
    : await precomputeFrozen({ graph, table, engine, trainable, declaredRows: declaredRows(job), signal });
  const sums = await openGradientSums({
    graph: features.graph,
    ...{ loss: job.loss, huberDelta: job.huberDelta, classWeights: job.classWeights, trainable },
    ...{ augmentation: job.augmentation, microBatch: job.microBatch, table: features.table, engine, signal },
    clipNorm: plan.clipNorm,
    // What calls of one row would be.
    stepRows: publicCalls({ ...job, microBatch: 1 }),
    counts: isAdaptive,
    // What adapts is the norm: in each step it is flat clipping.
    clipping: isAdaptive ? 'flat' : plan.clipping?.kind,
  });
  try {
    const { optimiser } = job;
    const window = windowLength(plan, sums.length);
    const state = resumeFrom
      ? await decodeCheckpoint(resumeFrom, keys, {
          parameters: sums.length,
          averaged: optimiser.averaging.kind !== 'none',
          hasSecond: optimiser.kind !== 'sgd',
          window,
        })
      : initialState(graph, sums, { optimiser, clipNorm: plan.clipNorm });
    const run = plan.begin({
      root: keys.noise,
      units: table.units,
      parameters: sums.parameters,
      fromStep: state.step,
      // Each copy of a row is one more addend in single precision.
      summation: { expectedBatch: job.expectedBatch, microBatch: job.microBatch * copies },
      clipNorm: isAdaptive ? state.clipNorm : undefined,
      window: state.window ?? undefined,
    });
    const calls = publicCalls({ ...job, microBatch: sums.rowsPerCall });
    const report = progressMeter({
      fromStep: state.step,
      steps,
      expectedBatch: job.expectedBatch,
      epsilonAfter: (k) => plan.epsilonAfter(k),
      now,
    });

    while (state.step < steps) {
      const { step } = state;
      const rows = run.draw(step);
      const { clipNorm, deviation } = run;
      const { sum: gradient, count } = await sums.take(state.weights, rows, {
        ...{ calls, clipNorm },
        wordsOf: (row) => run.augmentation(step, row),
      });
      for (const { name, start, length } of sums.parameters) {
        gradient.set(run.noise(step, name, gradient.subarray(start, start + length)), start);
      }
      if (count !== null) run.noiseCount(step, count);
      state.clipNorm = run.clipNorm;
      for (let i = 0; i < gradient.length; i++) gradient[i]! /= job.expectedBatch;
      optimiserStep(state, gradient, optimiser, { steps, noiseVariance: (deviation / job.expectedBatch) ** 2 });
      onProgress?.(report(state.step));
      if (onCheckpoint && state.step < steps && state.step % job.checkpointEvery === 0) {
        state.window = run.window ?? null;
        await onCheckpoint({ step: state.step, bytes: await encodeCheckpoint(state, keys) });
      }
    }
    return {
      model: releasedModel(graph, sums, state),
      steps,
      epsilon: plan.epsilon,
      delta: plan.delta,
      charge: plan.charge,
      trainedParameters: sums.length,
      clipNorm: state.clipNorm,
    };
  } finally {
    await sums.close();
  }
}
