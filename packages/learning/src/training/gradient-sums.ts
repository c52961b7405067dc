import { compileStep, inferShapes, type Graph } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';
import type { Table } from '../data/table.ts';
import type { Engine, Tensors } from '../engine/engine.ts';
import { learningError } from '../errors.ts';
import { checkWidth } from './check-width.ts';
import { createExampleInput } from './example-input.ts';
import { lossTargets } from './loss-targets.ts';
import type { Loss } from './training-job.ts';

/** Sums of clipped per-example gradients of one graph over chosen rows of one table. */
export interface GradientSums {
  /** Where each trainable parameter lies in the flat arrays, in order. */
  readonly parameters: readonly { name: string; dims: readonly number[]; start: number; length: number }[];
  /** Length of the flat arrays: all parameters together. */
  readonly length: number;
  /**
   * Σ over `rows` of min(1, C/‖g‖)·g at these weights, flat, in double precision. A row whose gradient isn't finite adds
   * nothing. Micro-batches are cut from `rows` in order, the last one padded with masked rows; no rows at all give zeros.
   * At least `calls` graph calls are made, so that the time taken doesn't tell how many rows there were.
   */
  sum(weights: Float64Array, rows: ArrayLike<number>, calls: number): Promise<Float64Array>;
  close(): Promise<void>;
}

export interface GradientSumsOptions {
  graph: Graph;
  loss: Loss;
  clipNorm: number;
  /** Rows of one graph call. Memory follows from it alone. */
  microBatch: number;
  table: Table;
  engine: Engine;
  signal?: AbortSignal | undefined;
}

/**
 * Compiles the private step of the graph and opens it on the engine.
 *
 * @throws `learning.mismatch` when graph, loss and table don't fit; `learning.engineFailed`; what `compileStep` throws
 */
export async function openGradientSums({
  graph,
  loss,
  clipNorm,
  microBatch,
  table,
  engine,
  signal,
}: GradientSumsOptions): Promise<GradientSums> {
  const step = compileStep(graph, { loss, batch: microBatch, private: true });
  checkWidth(step.example.dims, table.width);
  const outputDims = inferShapes(graph, { batch: 1 }).get(graph.outputs[0]!.name)!.dims;
  const target = lossTargets(loss, step, product(outputDims), table);
  const session = await engine.open(step.model);
  let length = 0;
  const parameters = step.parameters.map(({ name, dims: own }) => {
    const at = { name, dims: own, start: length, length: product(own) };
    length += at.length;
    return at;
  });
  const outputs = parameters.map(({ name }) => step.outputs.sum[name]!);

  // One set of buffers for all calls: a step allocates nothing that grows with the batch.
  const features = createExampleInput(step.example);
  const mask = new Float32Array(microBatch);
  const inputs: Tensors = {
    [step.inputs.example]: features.tensor,
    [step.inputs.target]: target.tensor,
    [step.inputs.mask]: new Tensor('float32', mask, [microBatch]),
    [step.inputs.clipNorm]: new Tensor('float32', Float32Array.of(clipNorm), []),
  };
  const weightBuffers = parameters.map(({ name, dims: own, length: size }) => {
    const buffer = new Float32Array(size);
    inputs[name] = new Tensor('float32', buffer, [...own]);
    return buffer;
  });

  return {
    parameters,
    length,
    async sum(weights, rows, calls) {
      for (const [k, { start, length: size }] of parameters.entries()) {
        weightBuffers[k]!.set(weights.subarray(start, start + size));
      }
      const total = new Float64Array(length);
      const needed = Math.max(calls, Math.ceil(rows.length / microBatch));
      for (let call = 0; call < needed; call++) {
        if (signal?.aborted) {
          throw learningError({
            code: 'learning.cancelled',
            message: 'The training was cancelled.',
            cause: signal.reason,
          });
        }
        features.clear();
        mask.fill(0);
        for (let i = 0; i < microBatch; i++) {
          const row = rows[call * microBatch + i];
          if (row === undefined) break;
          features.set(i, table.features.subarray(row * table.width, (row + 1) * table.width));
          target.set(i, row);
          mask[i] = 1;
        }
        const sums = await session.run(inputs, outputs);
        for (const [k, { start }] of parameters.entries()) {
          const part = sums[outputs[k]!]!.data as Float32Array;
          for (let i = 0; i < part.length; i++) total[start + i]! += part[i]!;
        }
      }
      return total;
    },
    close: () => session.close(),
  };
}

const product = (dims: readonly number[]): number => dims.reduce((total, dim) => total * dim, 1);
