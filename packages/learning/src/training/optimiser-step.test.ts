import { describe, expect, test } from 'vitest';
import { optimiserStep } from './optimiser-step.ts';
import type { Adam, Averaging, Optimiser } from './training-job.ts';
import type { TrainingState } from './training-state.ts';

const sgd: Optimiser = { kind: 'sgd', learningRate: 0.5, momentum: 0, averaging: { kind: 'none' } };

/** Weights (of one parameter, starting at 1) after each step along these gradients, and the average at the end. */
function run(optimiser: Optimiser, gradients: number[], noise: number | number[] = 1) {
  const state: TrainingState = {
    step: 0,
    weights: Float64Array.of(1),
    velocity: Float64Array.of(0),
    second: optimiser.kind === 'sgd' ? null : Float64Array.of(0),
    noiseVariance: 0,
    clipNorm: 1,
    window: null,
    average: optimiser.averaging.kind === 'none' ? null : Float64Array.of(1),
  };
  const weights = gradients.map((gradient, i) => {
    const noiseVariance = typeof noise === 'number' ? noise : noise[i]!;
    optimiserStep(state, Float64Array.of(gradient), optimiser, { steps: gradients.length, noiseVariance });
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

  test.each([
    ['constant', 2, [1 / 6, 2 / 6, 0.5, 0.5]],
    ['linear', 2, [1 / 6, 2 / 6, 0.5, 0.25]],
    ['cosine', 1, [0.25, 0.5, 0.375, 0.125]],
  ] as const)('a %s schedule after a warm-up of %d steps', (schedule, warmupSteps, rates) => {
    const { weights } = run({ ...sgd, schedule, warmupSteps }, [1, 1, 1, 1]);
    let weight = 1;
    for (const [i, rate] of rates.entries()) expect(weights[i]).toBeCloseTo((weight -= rate), 12);
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

describe('Adam on noised gradients', () => {
  const adam: Adam = {
    ...{ kind: 'adam', learningRate: 0.1, averaging: { kind: 'none' } },
    ...{ beta1: 0.9, beta2: 0.99, floor: 0.1 },
  };

  test('takes the variance of the noise off the second moment', () => {
    // Step 1: m̂ = 3, v̂ = 9, so 0.1·3/√(9 − 5). Step 2: m̂ = (0.9·0.3 + 0.1)/0.19, v̂ = (0.99·0.09 + 0.01)/0.0199.
    const { weights } = run(adam, [3, 1], 5);
    expect(weights[0]).toBeCloseTo(1 - 0.15, 12);
    // v̂ falls below the noise and a tenth of it: 4.979899 − 5 < 0.5.
    expect(weights[1]).toBeCloseTo(0.85 - (0.1 * 1.947368421) / Math.sqrt(0.5), 9);
  });

  test('averages a variance that changes, as adaptive clipping makes it', () => {
    // Φ̂ = (0.99·0.01·1 + 0.01·4)/0.0199 = 2.507538 at the second step; v̂ = 9.
    const { weights } = run(adam, [3, 3], [1, 4]);
    expect(weights[0]).toBeCloseTo(1 - 0.3 / Math.sqrt(8), 12);
    expect(weights[1]).toBeCloseTo(1 - 0.3 / Math.sqrt(8) - 0.3 / Math.sqrt(9 - 2.507537688), 9);
  });

  test('has a second moment without the bias of the noise, where plain Adam has the noise’s', () => {
    // A gradient of 1 under noise of variance 25, from a generator of its own: with a long memory a step is rate · 1/√1.
    let seed = 7;
    const uniform = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    const gradients = Array.from({ length: 40_000 }, () => 1 + 5 * normal());
    const slow = { ...adam, beta1: 0.9999, beta2: 0.9999, floor: 0.001, learningRate: 1e-3 };
    const stepAtEnd = (noise: number) => {
      const { weights } = run(slow, gradients, noise);
      return (weights[39_000]! - weights[39_999]!) / 999 / 1e-3;
    };
    expect(stepAtEnd(25)).toBeGreaterThan(0.7);
    expect(stepAtEnd(25)).toBeLessThan(1.5);
    // 1/√26.
    expect(stepAtEnd(1e-9)).toBeGreaterThan(0.15);
    expect(stepAtEnd(1e-9)).toBeLessThan(0.25);
  });

  test('adamw takes rate · weightDecay of the weights off as well, adam none', () => {
    const [plain, decayed] = [run(adam, [3, 1], 5), run({ ...adam, kind: 'adamw', weightDecay: 0.5 }, [3, 1], 5)];
    expect(decayed.weights[0]).toBeCloseTo(plain.weights[0]! - 0.1 * 0.5 * 1, 12);
    expect(decayed.weights[1]! - decayed.weights[0]! * (1 - 0.1 * 0.5)).toBeCloseTo(
      plain.weights[1]! - plain.weights[0]!,
      12,
    );
  });
});
