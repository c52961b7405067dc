import type { ModelFacts } from '@encryptech/onnx';

/** Below this many rows a call's own cost shows. */
const LEAST_ROWS = 64;
/** A call of less work, some milliseconds on one core, isn't worth another thread's attention. */
export const LEAST_FLOPS = 2 ** 26;
/** Work of a call for each parameter: weights go into each call, and their sums come out. */
const LEAST_FLOPS_A_PARAMETER = 2000;

/**
 * Rows of a graph call where a micro-batch may be cut: it is halved as long as each part keeps rows and work enough. What a few
 * rows write out stays in the processor's caches, and parts can be computed at the same time. From public numbers only, and the
 * same on every machine, since sums in single precision depend on it.
 */
export function rowsPerCall(
  microBatch: number,
  { flopsPerExample, parameters }: Pick<ModelFacts, 'flopsPerExample' | 'parameters'>,
): number {
  const half = Math.ceil(microBatch / 2);
  const leastFlops = Math.max(LEAST_FLOPS, LEAST_FLOPS_A_PARAMETER * parameters);
  const isEnough = half >= LEAST_ROWS && half * flopsPerExample >= leastFlops;
  return isEnough ? rowsPerCall(half, { flopsPerExample, parameters }) : microBatch;
}
