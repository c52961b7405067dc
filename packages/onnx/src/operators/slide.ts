import type { Builder } from '../build/builder.ts';
import { floatTensor } from '../graph/tensor.ts';
import type { WindowAxis } from './windows.ts';

/** A value of the compiled graph with its shape. */
export interface Shaped {
  readonly name: string;
  readonly dims: readonly number[];
}

/**
 * The entries that each place of a window sees along `axis`: `kernel` values with `count` entries on that axis. What a window
 * sees outside the input is `fill`.
 */
export function windowEntries(build: Builder, input: Shaped, axis: number, window: WindowAxis, fill: number): string[] {
  const { count, kernel, stride, dilation, size, before } = window;
  const reach = (count - 1) * stride + (kernel - 1) * dilation + 1;
  const source = { ...input, name: shift(build, input, axis, before, Math.max(reach, size + before), fill) };
  return Array.from({ length: kernel }, (_, i) => {
    const start = i * dilation;
    const end = start + (count - 1) * stride + 1;
    return slice(build, source.name, axis, start, end, stride);
  });
}

/**
 * The reverse of {@link windowEntries}: each part, with `count` entries on `axis`, is added to the entries that its place of
 * the window saw. The result has `size` entries on that axis.
 */
export function addWindowEntries(build: Builder, parts: readonly Shaped[], axis: number, window: WindowAxis): Shaped {
  const { stride, dilation, size, before } = window;
  const dims = parts[0]!.dims;
  const sum = (names: readonly string[]) => names.reduce((left, right) => build.emit('Add', [left, right]));
  if (stride === 1) {
    const placed = parts.map((part, i) => shift(build, part, axis, i * dilation - before, size, 0));
    return { name: sum(placed), dims: dims.with(axis, size) };
  }
  // Entries that lie `stride` apart form one lane; lanes are summed apart and then interleaved.
  const reach = (window.count - 1) * stride + (window.kernel - 1) * dilation + 1;
  const steps = Math.ceil(reach / stride);
  const lanes = Array.from({ length: stride }, (_, lane) => {
    const placed = parts.flatMap((part, i) =>
      (i * dilation) % stride === lane ? [shift(build, part, axis, Math.floor((i * dilation) / stride), steps, 0)] : [],
    );
    const laneDims = dims.with(axis, steps);
    const name = placed.length === 0 ? zeros(build, laneDims) : sum(placed);
    return build.emit('Unsqueeze', [name, build.ints([axis + 1])]);
  });
  const joined = dims.with(axis, steps * stride);
  const interleaved = build.emit('Reshape', [build.emit('Concat', lanes, { axis: axis + 1 }), build.ints(joined)]);
  return {
    name: shift(build, { name: interleaved, dims: joined }, axis, -before, size, 0),
    dims: dims.with(axis, size),
  };
}

/** The input moved by `offset` along `axis` into a value with `size` entries there; cut where it sticks out, else filled. */
function shift(
  build: Builder,
  { name, dims }: Shaped,
  axis: number,
  offset: number,
  size: number,
  fill: number,
): string {
  const length = dims[axis]!;
  const start = Math.max(0, -offset);
  const end = Math.min(length, size - offset);
  const cut = start === 0 && end === length ? name : slice(build, name, axis, start, end, 1);
  const filling = (count: number) => (count <= 0 ? [] : [constantOf(build, dims.with(axis, count), fill)]);
  const parts = [...filling(offset), cut, ...filling(size - offset - length)];
  return parts.length === 1 ? cut : build.emit('Concat', parts, { axis });
}

const slice = (build: Builder, name: string, axis: number, start: number, end: number, step: number): string =>
  build.emit('Slice', [name, build.ints([start]), build.ints([end]), build.ints([axis]), build.ints([step])]);

const zeros = (build: Builder, dims: readonly number[]): string => constantOf(build, dims, 0);

/** A value that the runtime makes once, when it loads the graph; the file holds the shape only. */
const constantOf = (build: Builder, dims: readonly number[], fill: number): string =>
  build.emit('ConstantOfShape', [build.ints(dims)], { value: { kind: 'tensor', value: floatTensor([1], [fill]) } });
