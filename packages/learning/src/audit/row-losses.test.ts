import { expect, test } from 'vitest';
import { canaryResidual } from './canary-residual.ts';
import { rowLosses } from './row-losses.ts';

const rows = 2;
const values = Float32Array.of(1, 0, 0, 2);

test('row losses, by hand', () => {
  const classes = rowLosses(
    'softmax-cross-entropy',
    { values, rows, width: 2 },
    { rows, targets: BigInt64Array.of(0n, 0n) },
  );
  expect(classes[0]).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6);
  expect(classes[1]).toBeCloseTo(Math.log(1 + Math.exp(2)), 6);
  const logit = { values: Float32Array.of(0, 3), rows, width: 1 };
  const binary = rowLosses('binary-cross-entropy-with-logits', logit, { rows, targets: BigInt64Array.of(1n, 0n) });
  expect(binary[0]).toBeCloseTo(Math.LN2, 6);
  expect(binary[1]).toBeCloseTo(Math.log(1 + Math.exp(3)), 6);
  expect([...rowLosses('mean-squared-error', logit, { rows, targets: Float32Array.of(1, 1) })]).toEqual([1, 4]);
});

test('canaries have the labels of the largest gradient', () => {
  const three = canaryResidual('softmax-cross-entropy', [2, 0, -1], 'add-or-remove-one');
  expect(three.targets.in).toBe(2);
  expect(three.direction[2]).toBeGreaterThan(0.7);
  expect(Math.hypot(...three.direction)).toBeCloseTo(1, 12);
  const two = canaryResidual('softmax-cross-entropy', [0, 0], 'replace-one');
  expect(two.targets).toEqual({ in: 0, out: 1 });
  expect(two.direction[0]).toBeCloseTo(Math.SQRT1_2, 12);
  expect(canaryResidual('binary-cross-entropy-with-logits', [0.4], 'replace-one')).toEqual({
    targets: { in: 0, out: 1 },
    direction: [-1],
  });
  expect(canaryResidual('mean-squared-error', [0.5], 'add-or-remove-one')).toEqual({
    targets: { in: -1, out: 1.5 },
    direction: [-1],
  });
});
