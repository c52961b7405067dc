import { withParameters, writeModel, type Graph } from '@encryptech/onnx';
import type { GradientSums } from './gradient-sums.ts';
import type { TrainingState } from './training-state.ts';

/** The graph as an ONNX file with the averaged weights, or those of the last step where nothing is averaged. */
export function releasedModel(graph: Graph, sums: GradientSums, state: TrainingState): Uint8Array {
  const flat = state.average ?? state.weights;
  const values = sums.parameters.map(
    ({ name, start, length }) => [name, Float32Array.from(flat.subarray(start, start + length))] as const,
  );
  return writeModel(withParameters(graph, new Map(values)));
}
