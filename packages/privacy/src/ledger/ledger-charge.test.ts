import { expect, it } from 'vitest';
import { ledgerCharge } from './ledger-charge.ts';
import { LANE_MAX } from './ledger-orders.ts';
import { ledgerEpsilon } from './ledger-epsilon.ts';
import { unpackLanes } from './unpack-lanes.ts';

it('is the exact line α·T/2σ² for a full-batch Gaussian, rounded up', () => {
  const lanes = unpackLanes(ledgerCharge({ sigma: 20, q: 1, steps: 100, adjacency: 'add-or-remove-one' }));
  [15, 20, 25, 30, 40, 50, 60, 70, 80, 100, 120, 160, 200, 320, 640, 1280].forEach((x10, i) => {
    expect(lanes[i]! - x10 * 12_500).toBeGreaterThanOrEqual(0);
    expect(lanes[i]! - x10 * 12_500).toBeLessThanOrEqual(1);
  });
});

it('marks a lane that does not fit as "this much or more"', () => {
  const lanes = unpackLanes(ledgerCharge({ sigma: 0.05, q: 1, steps: 1000, adjacency: 'replace-one' }));
  expect(lanes).toEqual(new Array<number>(16).fill(LANE_MAX));
});

it('costs at least the epsilon of the run: sigma 18.75, q 0.5, 100 steps is 0.99976 at 1e-5', () => {
  const charge = ledgerCharge({ sigma: 18.75, q: 0.5, steps: 100, adjacency: 'add-or-remove-one' });
  expect(ledgerEpsilon(charge, 5)).toBeGreaterThan(0.99976);
  expect(ledgerEpsilon(charge, 5)).toBeLessThan(1.15);
});
