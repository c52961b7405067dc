import { marketError } from './errors.ts';
import type { Work } from './work-units.ts';

/** What `onnx` measures of a graph. */
export interface MeasuredGraph {
  /** Forward, backward and clipping of one example. */
  readonly flopsPerExample: number;
  readonly parameterBytes: number;
  readonly activationBytesPerExample: number;
  /** Of the frozen part in front, which is computed once a row and not in steps; 0 if left out. */
  readonly frozenFlopsPerRow?: number | undefined;
  /** What is kept from step to step beside parameters: features of the rows, sums that correlated noise remembers. */
  readonly keptBytes?: number | undefined;
}

/** What a training spec says about the amount of work. */
export interface TrainingSize {
  /** Sampling rate × declared rows. */
  readonly expectedBatch: number;
  readonly microBatch: number;
  readonly steps: number;
  readonly durationSec: number;
  /** Transformed copies of each example that its gradient is the mean of; 1 if left out. */
  readonly copies?: number | undefined;
  /** Declared rows, for the frozen part; 0 if left out. */
  readonly rows?: number | undefined;
}

/**
 * The work of a training job: operations = those of one example × its copies × expected examples a step (rounded up) ×
 * steps, and those of the frozen part × declared rows; bytes = parameters + activations of one micro-batch with all copies + what
 * is kept. Everyone who has graph and spec gets the same.
 *
 * @throws `market.badParameter` for numbers that are negative or not finite
 */
export function trainingWork(
  graph: MeasuredGraph,
  { expectedBatch, microBatch, steps, durationSec, copies = 1, rows = 0 }: TrainingSize,
): Work {
  return {
    flops:
      whole(graph.flopsPerExample) * whole(copies) * whole(expectedBatch) * whole(steps) +
      whole(graph.frozenFlopsPerRow ?? 0) * whole(rows),
    modelBytes:
      whole(graph.parameterBytes) +
      whole(graph.activationBytesPerExample) * whole(microBatch) * whole(copies) +
      whole(graph.keptBytes ?? 0),
    durationSec,
  };
}

/** The number rounded up. */
function whole(value: number): bigint {
  if (!Number.isFinite(value) || value < 0) {
    throw marketError({ code: 'market.badParameter', message: `${value} is no amount of work.` });
  }
  return BigInt(Math.ceil(value));
}
