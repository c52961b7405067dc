import { expect, it } from 'vitest';
import { logErfcx } from './log-erfcx.ts';
import { logNormalTail } from './log-normal-tail.ts';

// Expected: 40-digit values (mpmath).
it.each([
  [-30, 900.69314718055994531],
  [-7, 49.693147180559945309],
  [-3, 9.6931361352504468103],
  [-0.1, 0.1165764005865224917],
  [0, 0],
  [0.5, -0.48501112983708440303],
  [1, -0.84960550993324824858],
  [1.9, -1.3223458627802692702],
  [2.5, -1.5568152727272643589],
  [10, -2.8798890248448885748],
  [1e4, -9.7827053199008827606],
])('logErfcx(%d)', (x, expected) => {
  expect(Math.abs(logErfcx(x) - expected)).toBeLessThan(2e-15 * Math.max(1, Math.abs(expected)));
});

it('logNormalTail reaches far into both tails', () => {
  expect(logNormalTail(0)).toBeCloseTo(-0.6931471805599453, 15);
  expect(logNormalTail(40)).toBeCloseTo(-804.6084420137538, 10);
  expect(logNormalTail(-40)).toBeCloseTo(0, 15);
});
