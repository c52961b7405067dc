import { createHash } from 'node:crypto';
import { toHex, type Hex } from '@encryptech/base';
import { leftMatrix, rightMatrix, rowDigest, SIZE } from './matrices.ts';

/** What multiplies: the same engine that trains. Two matrices of SIZE × SIZE, row by row, and their product. */
export type Multiply = (left: Float32Array, right: Float32Array) => Promise<Float32Array>;

/** The answer to a challenge: digests of all rows of all products, and the one digest that commits to them. */
export interface Benchmark {
  commitment: Hex;
  /** `products × SIZE` digests of 32 bytes. */
  digests: Uint8Array;
}

/** Multiplies as the challenge says. The work can't begin before the seed is known, and every row of it is committed to. */
export async function runBenchmark(
  { seed, products }: { seed: Hex; products: number },
  multiply: Multiply,
): Promise<Benchmark> {
  const right = rightMatrix(seed);
  const digests = new Uint8Array(products * SIZE * 32);
  for (let product = 0; product < products; product++) {
    const results = Int32Array.from(await multiply(leftMatrix(seed, product), right));
    for (let row = 0; row < SIZE; row++) {
      digests.set(rowDigest(results.subarray(row * SIZE, (row + 1) * SIZE)), (product * SIZE + row) * 32);
    }
  }
  return { commitment: commitmentOf(digests), digests };
}

export const commitmentOf = (digests: Uint8Array): Hex => toHex(createHash('sha256').update(digests).digest());
