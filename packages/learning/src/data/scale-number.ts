import type { NumberColumn, Transform } from './dataset-schema.ts';

const apply: Record<Transform, (value: number) => number> = { linear: (x) => x, sqrt: Math.sqrt, log: Math.log };

/**
 * A function from a finite value to its place in the column's public range, in [-1, 1]: the value is clipped to
 * [min, max], transformed, and mapped linearly. Nothing of it depends on other rows, so it costs no privacy.
 */
export function scaleNumber({ min, max, transform = 'linear' }: NumberColumn): (value: number) => number {
  const map = apply[transform];
  const low = map(min);
  const width = map(max) - low;
  return (value) => 2 * ((map(Math.min(max, Math.max(min, value))) - low) / width) - 1;
}
