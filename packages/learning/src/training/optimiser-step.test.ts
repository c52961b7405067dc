import { describe, expect, test } from 'vitest';
import { optimiserStep } from './optimiser-step.ts';
import type { Averaging, Optimiser } from './training-job.ts';
import type { TrainingState } from './training-state.ts';

const sgd: Optimiser = { kind: 'sgd', learningRate: 0.5, momentum: 0, averaging: { kind: 'none' } };

/** Weights (of one parameter, starting at 1) after each step along these gradients, and the average at the end. */
function run(optimiser: Optimiser, gradients: number[]) {
  const state: TrainingState = {
    step: 0,
    weights: Float64Array.of(1),
    velocity: Float64Array.of(0),
    average: optimiser.averaging.kind === 'none' ? null : Float64Array.of(1),
  };
  const weights = gradients.map((gradient) => {
    optimiserStep(state, Float64Array.of(gradient), optimiser, gradients.length);
    return state.weights[0]!;
  });
  return { weights, average: state.average?.[0], step: state.step };
}

describe('optimiserStep', () => {
  test('goes down the gradient by the learning rate', () => {
    expect(run(sgd, [1, -2])).toEqual({ weights: [0.5, 1.5], average: undefined, step: 2 });
  });

  test('momentum adds a share of the step before', () => {
    // v: 1, 1.5, 0.75; w falls by half of each.
    expect(run({ ...sgd, momentum: 0.5 }, [1, 1, 0]).weights).toEqual([0.5, -0.25, -0.625]);
  });

  test.each([
    ['constant', [0.5, 0, -0.5, -1]],
    ['linear', [0.5, 0.125, -0.125, -0.25]],
    ['cosine', [0.5, 0.0732233, -0.1767767, -0.25]],
  ] as const)('a %s schedule', (schedule, expected) => {
    const { weights } = run({ ...sgd, schedule }, [1, 1, 1, 1]);
    for (const [i, value] of expected.entries()) expect(weights[i]).toBeCloseTo(value, 6);
  });

  test.each<[string, Averaging, number]>([
    // Weights are 0.5, 0, -0.5, -1.
    ['the tail from step 2', { kind: 'tail', fromStep: 2 }, -0.75],
    ['the tail from step 0', { kind: 'tail', fromStep: 0 }, -0.25],
    ['the tail from the last step', { kind: 'tail', fromStep: 3 }, -1],
    // Decays 1/10, 2/11, 1/4, 4/13 of the warm-up, capped at 0.25: 0.55, 0.1, -0.35, -0.8375.
    ['an exponential average', { kind: 'ema', decay: 0.25 }, -0.8375],
    ['an exponential average in its warm-up', { kind: 'ema', decay: 0.999 }, -0.8],
  ])('%s', (_, averaging, expected) => {
    expect(run({ ...sgd, averaging }, [1, 1, 1, 1]).average).toBeCloseTo(expected, 12);
  });
});
