import { floatValues, type Graph } from '@encryptech/onnx';
import type { GradientSums } from './gradient-sums.ts';
import type { TrainingState } from './training-state.ts';

/** The state before the first step: the weights that the graph brings along, no velocity. */
export function initialState(graph: Graph, sums: GradientSums, averaged: boolean): TrainingState {
  const weights = new Float64Array(sums.length);
  for (const { name, start } of sums.parameters) weights.set(floatValues(graph.initializers.get(name)!), start);
  return {
    step: 0,
    weights,
    velocity: new Float64Array(sums.length),
    average: averaged ? weights.slice() : null,
  };
}
