import type { Table } from '../src/data/table.ts';

/** A table of `rows` rows of `width` numbers and `classes` classes that depend on them, the same for equal arguments. */
export function randomTable({ rows, width, classes = 2 }: { rows: number; width: number; classes?: number }): Table {
  let seed = 12345 + rows * 31 + width;
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const features = Float32Array.from({ length: rows * width }, () => 2 * next() - 1);
  const label = (row: number) =>
    BigInt(Math.min(classes - 1, Math.floor(((features[row * width]! + 1) / 2) * classes)));
  return {
    features,
    width,
    rows,
    task: 'classification',
    targets: BigInt64Array.from({ length: rows }, (_, row) => label(row)),
    outputs: classes,
    targetScale: 1,
    unit: 'row',
    units: Array.from({ length: rows }, (_, i) => [i]),
    clipped: {},
  };
}
