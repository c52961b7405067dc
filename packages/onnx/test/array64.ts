import type { Node } from '../src/graph/graph.ts';

/** A tensor of the interpreter. */
export interface Array64 {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** The number of entries of a shape. */
export const size = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

export const array64 = (dims: readonly number[], data: ArrayLike<number>): Array64 => ({
  dims,
  data: Float64Array.from(data),
});

/** What an operator computes; an optional input that is left out is undefined. */
export type Definition = (node: Node, inputs: readonly (Array64 | undefined)[]) => Array64 | readonly Array64[];

/** All indices of a shape in row-major order. */
export function* indices(dims: readonly number[]): Generator<number[]> {
  const index = dims.map(() => 0);
  for (let n = size(dims); n > 0; n--) {
    yield index;
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis]! === dims[axis]; axis--) index[axis] = 0;
  }
}

/** The entry at an index, aligned to the right; axes of size 1 repeat. */
export function at({ dims, data }: Array64, index: readonly number[]): number {
  let place = 0;
  dims.forEach((dim, axis) => {
    place = place * dim + (dim === 1 ? 0 : index[index.length - dims.length + axis]!);
  });
  return data[place]!;
}

/** A tensor by its entries. */
export function fill(dims: readonly number[], entry: (index: readonly number[]) => number): Array64 {
  const data = new Float64Array(size(dims));
  let place = 0;
  for (const index of indices(dims)) data[place++] = entry(index);
  return { dims, data };
}
