import type { Graph } from '../src/graph/graph.ts';
import { tensorValues } from '../src/graph/tensor.ts';
import type { LossName } from '../src/losses/loss.ts';
import { interpret } from './interpreter.ts';
import { lossOf } from './losses.ts';

/** One example with its target. */
export interface Example {
  readonly input: readonly number[];
  readonly dims: readonly number[];
  readonly target: readonly number[];
}

/** The loss of one example and its gradient by some parameters, from central differences in float64. */
export function exampleGradient(
  graph: Graph,
  loss: LossName,
  { input, dims, target }: Example,
  parameters: readonly string[],
): { loss: number; gradients: Map<string, number[]> } {
  const values = new Map(
    parameters.map((name) => [name, Float64Array.from(tensorValues(graph.initializers.get(name)!))] as const),
  );
  const evaluate = (): number => {
    const output = interpret(graph, { dims: [1, ...dims], data: Float64Array.from(input) }, values);
    return lossOf(loss, [...output.data], target);
  };
  const width = 1e-5;
  const gradients = new Map<string, number[]>();
  for (const [name, data] of values) {
    gradients.set(
      name,
      Array.from(data, (value, i) => {
        data[i] = value + width;
        const above = evaluate();
        data[i] = value - width;
        const below = evaluate();
        data[i] = value;
        return (above - below) / (2 * width);
      }),
    );
  }
  return { loss: evaluate(), gradients };
}
