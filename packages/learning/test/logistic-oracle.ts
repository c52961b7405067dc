import type { Table } from '../src/data/table.ts';

/**
 * Σ min(1, C/‖g‖)·g of softmax regression over the rows, written out by hand in double precision: the gradient of a row is
 * (softmax(Wx + b) − onehot(y)) ⊗ (x, 1). Flat: the weights row by row, then the bias.
 */
export function logisticClippedSum(
  table: Table,
  rows: Iterable<number>,
  flat: ArrayLike<number>,
  clipNorm: number,
): number[] {
  const { width, outputs } = table;
  const sum = new Array<number>((width + 1) * outputs).fill(0);
  for (const row of rows) {
    const x = [...table.features.subarray(row * width, (row + 1) * width)];
    const logits = Array.from({ length: outputs }, (_, k) =>
      x.reduce((z, value, j) => z + value * flat[k * width + j]!, flat[outputs * width + k]!),
    );
    const top = Math.max(...logits);
    const powers = logits.map((z) => Math.exp(z - top));
    const total = powers.reduce((a, b) => a + b);
    const residual = powers.map((power, k) => power / total - (Number(table.targets[row]) === k ? 1 : 0));
    const gradient = [...residual.flatMap((r) => x.map((value) => r * value)), ...residual];
    const factor = Math.min(1, clipNorm / Math.hypot(...gradient));
    for (const [i, g] of gradient.entries()) sum[i]! += factor * g;
  }
  return sum;
}
