import { expect, test } from 'vitest';
import { bytesOfIntegers, littleEndian } from './bytes-of-numbers.ts';

test('whole numbers of 32 bits take four bytes each, lowest first', () => {
  expect([...bytesOfIntegers(Float64Array.of(1, -2, 2 ** 31 - 1))]).toEqual([
    ...[1, 0, 0, 0],
    ...[254, 255, 255, 255],
    ...[255, 255, 255, 127],
    4,
  ]);
});

test('where one is larger all take eight, and no list is taken for a shorter one', () => {
  const bytes = bytesOfIntegers(Float64Array.of(1, 2 ** 31));
  expect(bytes).toHaveLength(17);
  expect(bytes[16]).toBe(8);
  expect([...bytes.subarray(0, 16)]).toEqual([...littleEndian(Float64Array.of(1, 2 ** 31))]);
});

test('zero has one form', () => {
  for (const other of [0, 2 ** 40]) {
    expect(bytesOfIntegers(Float64Array.of(-0, other))).toEqual(bytesOfIntegers(Float64Array.of(0, other)));
  }
});

test('numbers take eight bytes each, lowest first', () => {
  expect([...littleEndian(Float64Array.of(1))]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
  expect(littleEndian(Float64Array.of(5, 1, 7).subarray(1, 2))).toEqual(littleEndian(Float64Array.of(1)));
});
