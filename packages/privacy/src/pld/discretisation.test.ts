import { describe, expect, it } from 'vitest';
import { mixtureLoss, mixtureOutput } from './mixture-loss.ts';
import { dominatingPairs, type MixturePair } from './mixture-pair.ts';
import { optimisticLoss } from './optimistic-loss.ts';
import { outputRange } from './output-range.ts';
import { pessimisticLoss } from './pessimistic-loss.ts';
import type { DiscreteLoss } from './discrete-loss.ts';
import { singleStepDelta } from '../epsilon/single-step-delta.ts';

const pairs: [string, MixturePair][] = [
  ['removal', dominatingPairs({ sigma: 1.2, q: 0.05, adjacency: 'add-or-remove-one' })[0]!],
  ['addition', dominatingPairs({ sigma: 1.2, q: 0.05, adjacency: 'add-or-remove-one' })[1]!],
  ['exchange', dominatingPairs({ sigma: 1.2, q: 0.05, adjacency: 'replace-one' })[0]!],
  ['removal at little noise', dominatingPairs({ sigma: 0.2, q: 0.7, adjacency: 'add-or-remove-one' })[0]!],
];
const grid = { interval: 0.003, lossFloor: Number.NEGATIVE_INFINITY };

const deltaOfLoss = ({ interval, first, mass, infinity }: DiscreteLoss, epsilon: number) =>
  mass.reduce((sum, value, i) => sum + value * Math.max(0, -Math.expm1(epsilon - (first + i) * interval)), infinity);

describe.each(pairs)('%s', (_, pair) => {
  const range = outputRange(pair, -80);
  const upper = pessimisticLoss(pair, range, grid);
  const lower = optimisticLoss(pair, range, grid);

  it('has a loss that its inverse undoes', () => {
    for (let x = -8; x <= 8; x += 0.37) {
      const loss = mixtureLoss(pair, x);
      expect(mixtureLoss(pair, mixtureOutput(pair, loss))).toBeCloseTo(loss, 12);
    }
  });

  it('keeps the mass of P and of Q', () => {
    const mass = (loss: DiscreteLoss, tilt: number) =>
      loss.mass.reduce((sum, value, i) => sum + value * Math.exp(tilt * (loss.first + i) * loss.interval), 0);
    expect(mass(upper, 0) + upper.infinity).toBeCloseTo(1, 12);
    expect(mass(upper, -1)).toBeCloseTo(1, 9);
    expect(mass(lower, 0)).toBeCloseTo(1, 12);
  });

  it('has its true hockey-stick curve between the two, and equal to the pessimistic one on the grid', () => {
    for (const at of [0, 1, 7, 40, 200, 500]) {
      const onGrid = at * grid.interval;
      const truth = singleStepDelta(pair, onGrid);
      expect(deltaOfLoss(upper, onGrid)).toBeGreaterThanOrEqual(truth * (1 - 1e-9) - 1e-15);
      expect(deltaOfLoss(upper, onGrid)).toBeLessThanOrEqual(truth * (1 + 1e-9) + 1e-15);
      const between = onGrid + 0.4 * grid.interval;
      expect(deltaOfLoss(upper, between)).toBeGreaterThanOrEqual(singleStepDelta(pair, between) - 1e-15);
      expect(deltaOfLoss(lower, onGrid)).toBeLessThanOrEqual(truth + 1e-15);
      expect(deltaOfLoss(lower, between)).toBeLessThanOrEqual(singleStepDelta(pair, between) + 1e-15);
    }
  });
});

it('moves what lies below the floor up to it', () => {
  const pair = pairs[1]![1];
  const range = outputRange(pair, -80);
  const cut = pessimisticLoss(pair, range, { interval: 0.003, lossFloor: -0.5 });
  expect(cut.first * cut.interval).toBeGreaterThan(-0.51);
  expect(cut.mass.reduce((sum, value) => sum + value, cut.infinity)).toBeCloseTo(1, 12);
  const whole = pessimisticLoss(pair, range, grid);
  expect(deltaOfLoss(cut, 0.01)).toBeCloseTo(deltaOfLoss(whole, 0.01), 14);
});
