import { createHash } from 'node:crypto';
import { fromHex, type Hex } from '@encryptech/base';

/** Rows and columns of the benchmark's matrices. */
export const SIZE = 1024;
/** Operations of one product, counted as everywhere: a multiplication and an addition each are one. */
export const OPERATIONS_OF_A_PRODUCT = 2 * SIZE ** 3;

/**
 * Row `row` of the left matrix of product `product`: integers of 12 bits from SHAKE128 over the seed. With the right matrix's 4
 * bits every sum stays within ±2^24, so float32 holds each result exactly, whatever the order in which a machine adds.
 */
export function leftRow(seed: Hex, product: number, row: number): Float32Array {
  const words = stream(seed, [1, product, row], 2 * SIZE);
  return Float32Array.from({ length: SIZE }, (_, column) => words.readInt16LE(2 * column) >> 4);
}

/** The whole left matrix of a product, row by row. */
export function leftMatrix(seed: Hex, product: number): Float32Array {
  const matrix = new Float32Array(SIZE * SIZE);
  for (let row = 0; row < SIZE; row++) matrix.set(leftRow(seed, product, row), row * SIZE);
  return matrix;
}

/** The right matrix of all products of a seed: integers from −8 to 7, row by row. */
export function rightMatrix(seed: Hex): Float32Array {
  const matrix = new Float32Array(SIZE * SIZE);
  for (let row = 0; row < SIZE; row++) {
    const bytes = stream(seed, [2, 0, row], SIZE / 2);
    for (let pair = 0; pair < SIZE / 2; pair++) {
      const byte = bytes[pair]!;
      matrix[row * SIZE + 2 * pair] = (byte & 15) - 8;
      matrix[row * SIZE + 2 * pair + 1] = (byte >> 4) - 8;
    }
  }
  return matrix;
}

/** One row of a product, computed the slow and sure way. */
export function productRow(left: Float32Array, right: Float32Array): Int32Array {
  const sums = new Float64Array(SIZE);
  for (let inner = 0; inner < SIZE; inner++) {
    const factor = left[inner]!;
    const from = inner * SIZE;
    for (let column = 0; column < SIZE; column++) sums[column]! += factor * right[from + column]!;
  }
  return Int32Array.from(sums);
}

/** The digest under which a row of results is committed to: SHA-256 over little-endian 32-bit integers. */
export const rowDigest = (row: Int32Array): Uint8Array =>
  createHash('sha256')
    .update(new Uint8Array(row.buffer, row.byteOffset, row.byteLength))
    .digest();

function stream(seed: Hex, place: readonly number[], bytes: number): Buffer {
  return createHash('shake128', { outputLength: bytes })
    .update(fromHex(seed, 32))
    .update(Uint32Array.from(place))
    .digest();
}
