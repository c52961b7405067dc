import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaleNumber } from './scale-number.ts';

const column = { name: 'x', type: 'number' } as const;

test.each([
  [{ min: 0, max: 10 }, 0, -1],
  [{ min: 0, max: 10 }, 5, 0],
  [{ min: 0, max: 10 }, 10, 1],
  [{ min: 0, max: 10 }, 11, 1],
  [{ min: 0, max: 10 }, -1e300, -1],
  [{ min: 1, max: 100, transform: 'log' as const }, 10, 0],
  [{ min: 1, max: 100, transform: 'log' as const }, 0, -1],
  [{ min: 0, max: 100, transform: 'sqrt' as const }, 25, 0],
  [{ min: 0, max: 100, transform: 'sqrt' as const }, -7, -1],
])('%j takes %d to %d', (range, value, expected) => {
  expect(scaleNumber({ ...column, ...range })(value)).toBeCloseTo(expected, 12);
});

test('stays in [-1, 1] and keeps order, whatever the value', () => {
  const scale = scaleNumber({ ...column, min: 0.5, max: 7, transform: 'log' });
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
      const [low, high] = [scale(Math.min(a, b)), scale(Math.max(a, b))];
      return low >= -1 && high <= 1 && low <= high;
    }),
  );
});
