import { Buffer } from 'node:buffer';
import type { Hex } from '@encryptech/base';
import { leftRow, productRow, rightMatrix, rowDigest, SIZE } from './matrices.ts';
import { commitmentOf } from './run-benchmark.ts';

/**
 * Why an opened benchmark is not what it claims to be; undefined when all sampled rows are right. Who left out a part x of the rows
 * is caught with probability 1 − (1 − x)^n for n samples, drawn after the commitment.
 *
 * @param samples numbers of rows, from 0 to products × SIZE − 1, drawn at random by the one who checks
 */
export function checkBenchmark(
  { seed, products, commitment }: { seed: Hex; products: number; commitment: Hex },
  digests: Uint8Array,
  samples: readonly number[],
): string | undefined {
  if (digests.length !== products * SIZE * 32) return 'The list of digests has another length.';
  if (commitmentOf(digests) !== commitment) return 'The digests are not those that were committed to.';
  const right = rightMatrix(seed);
  for (const sample of samples) {
    const [product, row] = [Math.floor(sample / SIZE), sample % SIZE];
    const expected = rowDigest(productRow(leftRow(seed, product, row), right));
    if (!Buffer.from(digests.subarray(sample * 32, (sample + 1) * 32)).equals(expected)) {
      return `Row ${row} of product ${product} is not the product of the rows that it should be.`;
    }
  }
  return undefined;
}
