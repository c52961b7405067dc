import type { Builder } from '../build/builder.ts';

/**
 * What one square may lose below the range of float32, generously: the smallest normal number is 2⁻¹²⁶, and engines may flush
 * what is smaller to zero.
 */
const LOST = 2 ** -114;

/**
 * Name of an upper bound on the sum of squares over some axes, `count` entries each, which are dropped.
 *
 * Squares of numbers below 1e-19 vanish in float32. A developer may scale a graph so that all of them do and a clip norm would
 * bound nothing; so each square counts for a little more than it shows. Gradients of ordinary size don't notice.
 */
export const squaredLength = (build: Builder, name: string, axes: readonly number[], count: number): string =>
  build.emit('Add', [
    // ReduceSumSquare takes a float at a time where a product and a sum take a vector at a time.
    build.emit('ReduceSum', [build.emit('Mul', [name, name]), build.ints(axes)], { keepdims: 0 }),
    build.scalar(Math.fround(count * LOST)),
  ]);

/** Name of an upper bound on the product of two bounds of {@link squaredLength}. */
export const lengthProduct = (build: Builder, left: string, right: string): string =>
  build.emit('Add', [build.emit('Mul', [left, right]), build.scalar(LOST)]);

/** Rows longer than this are summed in two stages. */
const BLOCK = 1024;

/**
 * Name of an upper bound on the sum of squares of each row of [rows, size], as {@link squaredLength}.
 *
 * A long sum in float32 stops growing once its addends are below half a unit in its last place: with 10⁷ entries the rest is
 * lost. So blocks are summed first, and then their sums.
 */
export function squaredLengthOfRows(build: Builder, name: string, rows: number, size: number): string {
  const blocks = Math.floor(size / BLOCK);
  if (blocks <= 1) return squaredLength(build, name, [1], size);
  const part = (start: number, end: number) =>
    start === 0 && end === size
      ? name
      : build.emit('Slice', [name, build.ints([start]), build.ints([end]), build.ints([1])]);
  const inBlocks = build.emit('Reshape', [part(0, blocks * BLOCK), build.ints([rows, blocks, BLOCK])]);
  const sums = squaredLength(build, inBlocks, [2], BLOCK);
  const rest = size - blocks * BLOCK;
  // There may be as many blocks as entries in a block: their sums are positive, of one size, and summed the same way.
  const total = sumOfRows(build, sums, rows, blocks);
  return rest === 0 ? total : build.emit('Add', [total, squaredLength(build, part(blocks * BLOCK, size), [1], rest)]);
}

function sumOfRows(build: Builder, name: string, rows: number, size: number): string {
  const blocks = Math.floor(size / BLOCK);
  const sum = (value: string, axis: number) => build.emit('ReduceSum', [value, build.ints([axis])], { keepdims: 0 });
  if (blocks <= 1) return sum(name, 1);
  const slice = (start: number, end: number) =>
    build.emit('Slice', [name, build.ints([start]), build.ints([end]), build.ints([1])]);
  const whole = build.emit('Reshape', [slice(0, blocks * BLOCK), build.ints([rows, blocks, BLOCK])]);
  const total = sum(sum(whole, 2), 1);
  return blocks * BLOCK === size ? total : build.emit('Add', [total, sum(slice(blocks * BLOCK, size), 1)]);
}
