import { attribute } from '../src/graph/attributes.ts';
import { tensorValues } from '../src/graph/tensor.ts';
import { array64, at, fill, size, type Array64, type Definition } from './array64.ts';

/** Operators that move, pick or repeat entries, by their definitions. */

const whole = (x: Array64 | undefined): number[] => [...(x?.data ?? [])];

const axesFrom = (x: Array64 | undefined, rank: number): number[] => whole(x).map((axis) => (axis + rank) % rank);

export const movingDefinitions: Readonly<Record<string, Definition>> = {
  Cast: (node, [x]) =>
    attribute(node, 'to', 'int') === 1 ? x! : { dims: x!.dims, data: x!.data.map((value) => Math.trunc(value)) },
  Shape: (_, [x]) => array64([x!.dims.length], x!.dims),
  Transpose: (node, [x]) => {
    const perm = attribute(node, 'perm', 'ints') ?? [...x!.dims.keys()].reverse();
    return fill(
      perm.map((axis) => x!.dims[axis]!),
      (index) =>
        at(
          x!,
          x!.dims.map((_, axis) => index[perm.indexOf(axis)]!),
        ),
    );
  },
  Trilu: (node, [x, k]) => {
    const upper = (attribute(node, 'upper', 'int') ?? 1) !== 0;
    const from = k?.data[0] ?? 0;
    return fill(x!.dims, (index) => {
      const above = index.at(-1)! - index.at(-2)! - from;
      return (upper ? above >= 0 : above <= 0) ? at(x!, index) : 0;
    });
  },
  Squeeze: (_, [x, axes]) => {
    const gone = axesFrom(axes, x!.dims.length);
    return { dims: x!.dims.filter((_, axis) => !gone.includes(axis)), data: x!.data };
  },
  Unsqueeze: (_, [x, axes]) => {
    const dims = [...x!.dims];
    for (const axis of axesFrom(axes, x!.dims.length + axes!.data.length).sort((a, b) => a - b))
      dims.splice(axis, 0, 1);
    return { dims, data: x!.data };
  },
  Concat: (node, inputs) => {
    const axis = (attribute(node, 'axis', 'int')! + inputs[0]!.dims.length) % inputs[0]!.dims.length;
    const total = inputs.reduce((sum, input) => sum + input!.dims[axis]!, 0);
    return fill(inputs[0]!.dims.with(axis, total), (index) => {
      let place = index[axis]!;
      let part = 0;
      while (place >= inputs[part]!.dims[axis]!) place -= inputs[part++]!.dims[axis]!;
      return at(inputs[part]!, index.with(axis, place));
    });
  },
  Split: (node, [x, sizes]) => {
    const axis = ((attribute(node, 'axis', 'int') ?? 0) + x!.dims.length) % x!.dims.length;
    const count = node.outputs.length;
    const even = Math.ceil(x!.dims[axis]! / count);
    const lengths =
      sizes === undefined ? node.outputs.map((_, i) => Math.min(even, x!.dims[axis]! - i * even)) : whole(sizes);
    let start = 0;
    return lengths.map((length) => {
      const from = start;
      start += length;
      return fill(x!.dims.with(axis, length), (index) => at(x!, index.with(axis, index[axis]! + from)));
    });
  },
  Slice: (_, [x, starts, ends, axes, steps]) => {
    const rank = x!.dims.length;
    const from = x!.dims.map(() => 0);
    const by = x!.dims.map(() => 1);
    const dims = [...x!.dims];
    whole(starts).forEach((start, i) => {
      const axis = axes === undefined ? i : (axes.data[i]! + rank) % rank;
      const length = x!.dims[axis]!;
      const inside = (place: number) => Math.max(0, Math.min(length, place < 0 ? place + length : place));
      from[axis] = inside(start);
      by[axis] = steps?.data[i] ?? 1;
      dims[axis] = Math.max(0, Math.ceil((inside(ends!.data[i]!) - from[axis]) / by[axis]));
    });
    return fill(dims, (index) =>
      at(
        x!,
        index.map((place, axis) => from[axis]! + place * by[axis]!),
      ),
    );
  },
  Pad: (_, [x, pads, value]) => {
    const rank = x!.dims.length;
    const dims = x!.dims.map((dim, axis) => dim + pads!.data[axis]! + pads!.data[rank + axis]!);
    return fill(dims, (index) => {
      const inner = index.map((place, axis) => place - pads!.data[axis]!);
      return inner.some((place, axis) => place < 0 || place >= x!.dims[axis]!) ? (value?.data[0] ?? 0) : at(x!, inner);
    });
  },
  Expand: (_, [x, shape]) => {
    const rank = Math.max(x!.dims.length, shape!.data.length);
    const dims = Array.from({ length: rank }, (_, i) =>
      Math.max(x!.dims.at(i - rank) ?? 1, shape!.data.at(i - rank) ?? 1),
    );
    return fill(dims, (index) => at(x!, index));
  },
  Where: (_, [condition, yes, no]) => {
    const inputs = [condition!, yes!, no!];
    const rank = Math.max(...inputs.map(({ dims }) => dims.length));
    const dims = Array.from({ length: rank }, (_, i) =>
      Math.max(...inputs.map((input) => input.dims.at(i - rank) ?? 1)),
    );
    return fill(dims, (index) => (at(condition!, index) === 0 ? at(no!, index) : at(yes!, index)));
  },
  ConstantOfShape: (node, [shape]) => {
    const value = attribute(node, 'value', 'tensor');
    const dims = whole(shape);
    return array64(dims, new Float64Array(size(dims)).fill(value === undefined ? 0 : tensorValues(value)[0]!));
  },
  Range: (_, [start, limit, step]) => {
    const values: number[] = [];
    for (let value = start!.data[0]!; value < limit!.data[0]!; value += step!.data[0]!) values.push(value);
    return array64([values.length], values);
  },
  Gather: (node, [data, places]) => {
    const axis = ((attribute(node, 'axis', 'int') ?? 0) + data!.dims.length) % data!.dims.length;
    const length = data!.dims[axis]!;
    const dims = [...data!.dims.slice(0, axis), ...places!.dims, ...data!.dims.slice(axis + 1)];
    return fill(dims, (index) => {
      const inner = index.slice(axis, axis + places!.dims.length);
      const place = at(places!, inner);
      const rest = index.slice(axis + places!.dims.length);
      return at(data!, [...index.slice(0, axis), (place + length) % length, ...rest]);
    });
  },
};
