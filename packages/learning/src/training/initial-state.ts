import { floatValues, type Graph } from '@encryptech/onnx';
import type { GradientSums } from './gradient-sums.ts';
import type { Optimiser } from './training-job.ts';
import type { TrainingState } from './training-state.ts';

/** The state before the first step: the weights that the graph brings along, at rest. */
export function initialState(
  graph: Graph,
  sums: Pick<GradientSums, 'parameters' | 'length'>,
  { optimiser, clipNorm }: { optimiser: Optimiser; clipNorm: number },
): TrainingState {
  const weights = new Float64Array(sums.length);
  for (const { name, start } of sums.parameters) weights.set(floatValues(graph.initializers.get(name)!), start);
  return {
    step: 0,
    weights,
    velocity: new Float64Array(sums.length),
    second: optimiser.kind === 'sgd' ? null : new Float64Array(sums.length),
    noiseVariance: 0,
    clipNorm,
    window: null,
    average: optimiser.averaging.kind === 'none' ? null : weights.slice(),
  };
}
