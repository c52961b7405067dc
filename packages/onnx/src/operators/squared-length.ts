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
    build.emit('ReduceSumSquare', [name, build.ints(axes)], { keepdims: 0 }),
    build.scalar(Math.fround(count * LOST)),
  ]);

/** Name of an upper bound on the product of two bounds of {@link squaredLength}. */
export const lengthProduct = (build: Builder, left: string, right: string): string =>
  build.emit('Add', [build.emit('Mul', [left, right]), build.scalar(LOST)]);
