import type { Builder } from '../build/builder.ts';
import { floatTensor } from '../graph/tensor.ts';

/** Entries `start` up to `end` of one axis. */
export interface Range {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** The entries of the range. */
export const cut = (build: Builder, value: string, { axis, start, end }: Range): string =>
  build.emit('Slice', [value, build.ints([start]), build.ints([end]), build.ints([axis])]);

/** The reverse of {@link cut}: the value at the range of an axis with `size` entries, zeros elsewhere. */
export function place(
  build: Builder,
  value: string,
  dims: readonly number[],
  { axis, start, end }: Range,
  size: number,
): string {
  const zeros = (count: number) =>
    count === 0
      ? []
      : [
          build.emit('ConstantOfShape', [build.ints(dims.with(axis, count))], {
            value: { kind: 'tensor', value: floatTensor([1], [0]) },
          }),
        ];
  const parts = [...zeros(start), value, ...zeros(size - end)];
  return parts.length === 1 ? value : build.emit('Concat', parts, { axis });
}
