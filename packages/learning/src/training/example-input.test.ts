import { expect, test } from 'vitest';
import { createExampleInput } from './example-input.ts';

test('rows of numbers are put where they belong', () => {
  const input = createExampleInput({ name: 'x', type: 'float32', dims: [3, 2] });
  input.set(1, Float32Array.of(1.5, 2, 3, 4));
  expect([...input.tensor.data]).toEqual([0, 0, 1.5, 2, 3, 4]);
  input.clear();
  expect([...input.tensor.data]).toEqual([0, 0, 0, 0, 0, 0]);
});

test.each([2, 100])('rows of %d numbers are taken from the middle of a table, of floats and of bytes', (width) => {
  const table = Uint8Array.from({ length: 5 * width }, (_, i) => i % 256);
  const [floats, bytes, tokens] = [0, 1, 2].map((kind) =>
    createExampleInput({ name: 'x', type: kind === 2 ? 'int64' : 'float32', dims: [2, width] }),
  );
  floats!.set(1, Float32Array.from(table), 3 * width, 4 * width);
  bytes!.set(1, table, 3 * width, 4 * width);
  tokens!.set(1, table, 3 * width, 4 * width);
  const expected = [...Array<number>(width).fill(0), ...table.slice(3 * width, 4 * width)];
  expect([...floats!.tensor.data]).toEqual(expected);
  expect([...bytes!.tensor.data]).toEqual(expected.map((value) => Math.fround(value / 255)));
  expect([...tokens!.tensor.data]).toEqual(expected.map(BigInt));
});

test('tokens are whole numbers, and no row can stop a step', () => {
  const input = createExampleInput({ name: 'x', type: 'int64', dims: [1, 6] });
  input.set(0, Float32Array.of(7, 2.9, -1, NaN, Infinity, 3e38));
  expect([...input.tensor.data]).toEqual([7n, 2n, -1n, 0n, 0n, 2147483648n]);
});

test('an input of another type is refused', () => {
  expect(() => createExampleInput({ name: 'x', type: 'bool', dims: [1, 2] })).toThrow(
    expect.objectContaining({ code: 'learning.mismatch' }),
  );
});
