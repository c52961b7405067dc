import { elementCount } from '../graph/element-count.ts';
import { tensorValues, type Tensor } from '../graph/tensor.ts';
import type { ShapeCall, TypedValue, ValueType } from './operator.ts';
import { isWhole, wholeTensor } from './whole-tensor.ts';

/** Larger constants than shapes and positions need aren't computed here; the runtime does. */
const MOST_ENTRIES = 65_536;

/** A constant that a fold reads: its shape and values. */
export interface Known {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

/**
 * The type with its value when all inputs are known whole numbers: `entries` gives the values in row-major order.
 *
 * Floats are never computed here, since they may be parameters.
 */
export function folded(
  { inputs }: ShapeCall,
  result: ValueType,
  entries: (inputs: readonly (Known | undefined)[]) => readonly number[],
): ValueType {
  const { type, dims } = result;
  if (!isWhole(type) || elementCount(dims) > MOST_ENTRIES) return result;
  if (!inputs.every((input) => input === undefined || isKnown(input))) return result;
  const values = entries(
    inputs.map((input) =>
      input === undefined ? undefined : { dims: input.dims, values: tensorValues(input.constant!) },
    ),
  );
  return values.every((value) => Number.isFinite(value))
    ? { type, dims, constant: wholeTensor(type, dims, values) }
    : result;
}

const isKnown = ({ type, constant, dims }: TypedValue): boolean =>
  constant !== undefined && isWhole(type) && elementCount(dims) <= MOST_ENTRIES;

/** The same constant in another shape with as many entries; floats are never constants of a rule. */
export const reshapedConstant = (constant: Tensor | undefined, dims: readonly number[]): Tensor | undefined =>
  constant === undefined || !isWhole(constant.type) ? undefined : { ...constant, dims };

/** For each entry of a shape, in row-major order, its place in a tensor of shape `from` that is broadcast to it. */
export function broadcastPlaces(to: readonly number[], from: readonly number[]): number[] {
  const lead = to.length - from.length;
  return indicesOf(to).map((index) =>
    from.reduce((place, dim, axis) => place * dim + (dim === 1 ? 0 : index[lead + axis]!), 0),
  );
}

/** All indices of a shape in row-major order. */
export function indicesOf(dims: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const dim of dims) all = all.flatMap((index) => Array.from({ length: dim }, (_, i) => [...index, i]));
  return all;
}

/** Place of an index in row-major order. */
export const placeAt = (index: readonly number[], dims: readonly number[]): number =>
  dims.reduce((place, dim, axis) => place * dim + index[axis]!, 0);
