import { describe, expect, test } from 'vitest';
import { cosineBasis, fourierBasis } from './frequency-basis.ts';

const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe.each([
  ['cosines of 7', cosineBasis(7)],
  ['cosines of 4', cosineBasis(4)],
  ['waves around 8', fourierBasis(8)],
])('%s', (_, basis) => {
  test('are orthonormal', () => {
    for (const [i, a] of basis.entries())
      for (const [j, b] of basis.entries()) expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 12);
  });

  test('change sign more often the higher their frequency', () => {
    const changes = basis.map((row) => row.filter((value, i) => i > 0 && value * row[i - 1]! < -1e-9).length);
    expect(changes).toEqual(changes.toSorted((a, b) => a - b));
    expect(changes.at(-1)).toBe(basis.length - 1);
  });
});

test('a turn of the directions keeps the norm of each frequency', () => {
  const basis = fourierBasis(8);
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const turned = [...values.slice(3), ...values.slice(0, 3)];
  const norms = (of: number[]): number[] =>
    [0, 1, 2, 3, 4].map((frequency) =>
      Math.hypot(...basis.filter((_, row) => Math.ceil(row / 2) === frequency).map((row) => dot(row, of))),
    );
  for (const [i, norm] of norms(turned).entries()) expect(norm).toBeCloseTo(norms(values)[i]!, 10);
});
