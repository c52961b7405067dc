import { expect } from 'vitest';
import { compileStep } from '../src/compile-step.ts';
import { elementCount } from '../src/graph/element-count.ts';
import type { Graph } from '../src/graph/graph.ts';
import { tensorValues } from '../src/graph/tensor.ts';
import type { LossName } from '../src/losses/loss.ts';
import { exampleGradient } from './finite-differences.ts';
import { randomNumbers } from './random.ts';
import { openModel, runStep } from './run-step.ts';

/** Largest difference over the largest entry of `right`, 0 for equal lists. */
export function relativeError(left: readonly number[], right: readonly number[]): number {
  expect(left.length).toBe(right.length);
  const scale = Math.max(...right.map(Math.abs));
  const worst = Math.max(...left.map((value, i) => Math.abs(value - right[i]!)));
  return worst === 0 ? 0 : worst / scale;
}

/** A graph and a loss to differentiate. */
export interface GradientCase {
  readonly graph: Graph;
  readonly loss?: LossName;
  readonly batch?: number;
  readonly seed?: number;
  readonly tolerance?: number;
  readonly trainable?: (name: string) => boolean;
}

/**
 * Compiles the private and the plain step, runs both on random examples, and holds losses, norms, clipped and plain sums
 * against finite differences of one example at a time in the float64 interpreter.
 */
export async function expectGradients({
  graph,
  loss = 'mean-squared-error',
  batch = 3,
  seed = 1,
  tolerance = 1e-4,
  trainable,
}: GradientCase): Promise<void> {
  const options = { loss, batch, ...(trainable === undefined ? {} : { trainable }) };
  const step = compileStep(graph, { ...options, private: true });
  const plain = compileStep(graph, { ...options, private: false });
  const numbers = randomNumbers(seed);
  const dims = step.example.dims.slice(1) as number[];
  const width = elementCount(dims);
  const targetWidth = elementCount(step.target.dims as number[]) / batch;
  const example = numbers(batch * width);
  const target =
    step.target.type === 'int64' ? Float32Array.from({ length: batch }, (_, i) => i % 2) : numbers(batch * targetWidth);
  const names = step.parameters.map(({ name }) => name);
  const parameters = new Map(names.map((name) => [name, tensorValues(graph.initializers.get(name)!)]));

  const oracle = Array.from({ length: batch }, (_, i) =>
    exampleGradient(
      graph,
      loss,
      {
        dims,
        input: [...example.subarray(i * width, (i + 1) * width)],
        target: [...target.subarray(i * targetWidth, (i + 1) * targetWidth)],
      },
      names,
    ),
  );
  const norms = oracle.map(({ gradients }) => Math.hypot(...[...gradients.values()].flat()));
  // Clips some examples, and some not.
  const clipNorm = norms.toSorted((a, b) => a - b)[Math.floor(batch / 2)]! * 0.999;
  const factors = norms.map((norm) => Math.min(1, clipNorm / norm));
  const weighted = (name: string, weights: readonly number[]): number[] =>
    parameters
      .get(name)!
      .map((_, k) => oracle.reduce((total, { gradients }, i) => total + weights[i]! * gradients.get(name)![k]!, 0));

  const session = await openModel(step.model);
  const run = await runStep(step, session, { example, target, clipNorm, parameters });
  expect(
    relativeError(
      run.losses,
      oracle.map((one) => one.loss),
    ),
  ).toBeLessThan(tolerance);
  expect(relativeError(run.norms, norms)).toBeLessThan(tolerance);
  const unclipped = await runStep(plain, await openModel(plain.model), { example, target, clipNorm, parameters });
  const scale = Math.max(...norms);
  for (const name of names) {
    for (const [sums, weights] of [
      [run.sums, factors],
      [unclipped.sums, norms.map(() => 1)],
    ] as const) {
      const expected = weighted(name, weights);
      const worst = Math.max(...sums.get(name)!.map((value, k) => Math.abs(value - expected[k]!)));
      expect(worst / scale, `sum of ${name}`).toBeLessThan(tolerance);
    }
  }
}
