import { compileStep, inferShapes, measure, trainableBy, type ClippingName, type Graph } from '@encryptech/onnx';
import type { Keystream } from '@encryptech/privacy';
import { Tensor } from 'onnxruntime-common';
import type { Table } from '../data/table.ts';
import type { Engine, Tensors } from '../engine/engine.ts';
import { learningError } from '../errors.ts';
import { createRowAugmenter } from './augment-rows.ts';
import { checkWidth } from './check-width.ts';
import { createExampleInput } from './example-input.ts';
import { lossTargets } from './loss-targets.ts';
import { LEAST_FLOPS, rowsPerCall } from './rows-per-call.ts';
import type { TrainingJob } from './training-job.ts';

/** What a step hands in beside weights and rows. */
export interface StepDemand {
  /** Least number of graph calls, so that the time taken doesn't tell how many rows there were. */
  calls: number;
  /** The norm that gradients are clipped to in this step; that of the options if left out. */
  clipNorm?: number | undefined;
  /** Random words for the transforms of a row, where there is an augmentation. */
  wordsOf?: ((row: number) => Keystream) | undefined;
}

/** Sums of clipped per-example gradients of one graph over chosen rows of one table. */
export interface GradientSums {
  /** Where each trainable parameter lies in the flat arrays, in order. */
  readonly parameters: readonly { name: string; dims: readonly number[]; start: number; length: number }[];
  /** Length of the flat arrays: all parameters together. */
  readonly length: number;
  /** Rows of one graph call: the micro-batch, or less of it where the engine computes several calls at a time. */
  readonly rowsPerCall: number;
  /**
   * Σ over `rows` of min(1, C/‖g‖)·g at these weights, flat, in double precision. A row whose gradient isn't finite adds
   * nothing. Calls are cut from `rows` in order, the last one padded with masked rows, and their sums added in that order; no rows
   * at all give zeros. At least `calls` graph calls are made, so that the time taken doesn't tell how many rows there were.
   */
  sum(weights: Float64Array, rows: ArrayLike<number>, calls: number): Promise<Float64Array>;
  /**
   * The same sum, and beside it, when the options ask for counts, one number of how many of the rows have gradients no longer
   * than the clip norm: +1 for each of them, −1 for each other. Both are as private as the rows until they have noise.
   */
  take(
    weights: Float64Array,
    rows: ArrayLike<number>,
    demand: StepDemand,
  ): Promise<{ sum: Float64Array; count: number | null }>;
  close(): Promise<void>;
}

export interface GradientSumsOptions extends Pick<
  TrainingJob,
  'loss' | 'huberDelta' | 'classWeights' | 'trainable' | 'augmentation' | 'microBatch'
> {
  graph: Graph;
  clipNorm: number;
  /** Flat if left out. */
  clipping?: ClippingName | undefined;
  /** True to count short gradients; norms leave the graph call for nothing else. */
  counts?: boolean | undefined;
  /** Rows that a step has at most, but for rare ones: no more sessions are opened than they need calls. None, or more than the micro-batch, counts as that. */
  stepRows?: number | undefined;
  table: Table;
  engine: Engine;
  signal?: AbortSignal | undefined;
}

/**
 * Compiles the private step of the graph and opens it on the engine.
 *
 * @throws `learning.mismatch` when graph, loss and table don't fit; `learning.engineFailed`; what `compileStep` throws
 */
export async function openGradientSums(options: GradientSumsOptions): Promise<GradientSums> {
  const { graph, loss, huberDelta, classWeights, clipNorm, clipping, microBatch, table, engine, signal } = options;
  const counts = options.counts === true;
  const copies = options.augmentation?.copies ?? 1;
  const trainable = trainableBy(graph, options.trainable ?? 'all');
  const { flopsPerExample, parameters: size } = measure(graph, trainable);
  const facts = { flopsPerExample: copies * flopsPerExample, parameters: size };
  const batch = engine.openParallel ? rowsPerCall(microBatch, facts) : microBatch;
  const step = compileStep(graph, {
    ...{ loss, huberDelta, classWeights, clipping, copies, batch, trainable, private: true },
  });
  checkWidth(step.example.dims, table.width);
  const augmenter =
    options.augmentation === undefined ? undefined : createRowAugmenter(options.augmentation, step.example);
  const outputDims = inferShapes(graph, { batch: 1 }).get(graph.outputs[0]!.name)!.dims;
  const target = lossTargets(loss, step, product(outputDims), table);
  // No more rows at a time than the micro-batch has: it bounds memory, on however many cores.
  const together = Math.min(options.stepRows ?? microBatch, microBatch);
  const most = batch * facts.flopsPerExample < LEAST_FLOPS ? 1 : Math.ceil(together / batch);
  const sessions =
    most > 1 && engine.openParallel ? await engine.openParallel(step.model, most) : [await engine.open(step.model)];
  // Each of several has a call to go on with while the sum of its last one is added.
  const ahead = sessions.length === 1 ? 1 : 2 * sessions.length;
  let length = 0;
  const parameters = step.parameters.map(({ name, dims: own }) => {
    const at = { name, dims: own, start: length, length: product(own) };
    length += at.length;
    return at;
  });
  const norm = step.outputs.norm!;
  const outputs = [...(counts ? [norm] : []), ...parameters.map(({ name }) => step.outputs.sum[name]!)];

  // One set of buffers for all calls: a step allocates nothing that grows with the batch.
  const features = createExampleInput(step.example);
  const mask = new Float32Array(batch);
  const bound = Float32Array.of(clipNorm);
  const nothing = new Float32Array(table.width);
  const inputs: Tensors = {
    [step.inputs.example]: features.tensor,
    [step.inputs.target]: target.tensor,
    [step.inputs.mask]: new Tensor('float32', mask, [batch]),
    [step.inputs.clipNorm]: new Tensor('float32', bound, []),
  };
  const weightBuffers = parameters.map(({ name, dims: own, length: size }) => {
    const buffer = new Float32Array(size);
    inputs[name] = new Tensor('float32', buffer, [...own]);
    return buffer;
  });

  /** Fills the buffers with the rows of one call. */
  function fill(rows: ArrayLike<number>, from: number, wordsOf: StepDemand['wordsOf']): void {
    features.clear();
    mask.fill(0);
    const { width } = table;
    for (let i = 0; i < batch; i++) {
      const row = rows[from + i];
      if (augmenter !== undefined) {
        // Padding is transformed too, so that the time taken doesn't tell how much of it there is.
        const source = row === undefined ? nothing : table.features.subarray(row * width, (row + 1) * width);
        augmenter.write(source, wordsOf!(row ?? i), (copy, made) => features.set(i * copies + copy, made));
      }
      if (row === undefined) continue;
      if (augmenter === undefined) features.set(i, table.features, row * width, (row + 1) * width);
      target.set(i, row);
      mask[i] = 1;
    }
  }

  async function take(
    weights: Float64Array,
    rows: ArrayLike<number>,
    { calls, clipNorm: wanted = clipNorm, wordsOf }: StepDemand,
  ): Promise<{ sum: Float64Array; count: number | null }> {
    for (const [k, { start, length: size }] of parameters.entries()) {
      weightBuffers[k]!.set(weights.subarray(start, start + size));
    }
    bound[0] = wanted;
    const sum = new Float64Array(length);
    let count = 0;
    const running: Promise<Tensors>[] = [];
    let added = 0;
    /** Adds the first of the running calls, whichever ends first: a sum of floating-point numbers depends on their order. */
    async function addNext(): Promise<void> {
      const made = await running.shift()!;
      if (counts) {
        const norms = made[norm]!.data as Float32Array;
        const filled = Math.min(batch, rows.length - added * batch);
        // Padding counts nothing, and a norm that is no number is a long one: no row counts for more than one.
        for (let i = 0; i < filled; i++) count += norms[i]! <= bound[0]! ? 1 : -1;
      }
      for (const { start, name } of parameters) {
        const part = made[step.outputs.sum[name]!]!.data as Float32Array;
        for (let i = 0; i < part.length; i++) sum[start + i]! += part[i]!;
      }
      added += 1;
    }
    const needed = Math.max(calls, Math.ceil(rows.length / batch));
    for (let call = 0; call < needed; call++) {
      if (signal?.aborted) {
        throw learningError({
          code: 'learning.cancelled',
          message: 'The training was cancelled.',
          cause: signal.reason,
        });
      }
      fill(rows, call * batch, wordsOf);
      const made = sessions[call % sessions.length]!.run(inputs, outputs);
      // A failure is met when it is this call's turn, if no other comes before.
      made.catch(() => undefined);
      running.push(made);
      if (running.length === ahead) await addNext();
    }
    while (running.length > 0) await addNext();
    return { sum, count: counts ? count : null };
  }

  return {
    parameters,
    length,
    rowsPerCall: batch,
    take,
    sum: async (weights, rows, calls) => (await take(weights, rows, { calls })).sum,
    close: async () => void (await Promise.all(sessions.map((session) => session.close()))),
  };
}

const product = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1);
