import type { DataType } from '../graph/data-type.ts';
import { intTensor, type Tensor } from '../graph/tensor.ts';

/** Types whose constants are computed while compiling: shapes, axes, positions, conditions. Never floats, which may train. */
export type WholeType = Exclude<DataType, 'float32' | 'float64'>;

/** Whether constants of this type are computed while compiling. */
export const isWhole = (type: DataType): type is WholeType => type !== 'float32' && type !== 'float64';

/** A tensor of whole numbers; what doesn't fit the type is cut to its range. */
export function wholeTensor(type: WholeType, dims: readonly number[], values: readonly number[]): Tensor {
  switch (type) {
    case 'int64':
      // 2^63 − 1 is no double; the nearest one below is as good an "until the end".
      return intTensor(
        dims,
        values.map((value) => Math.max(-(2 ** 63), Math.min(2 ** 63 - 1024, value))),
      );
    case 'int32':
      return {
        type,
        dims,
        bytes: new Uint8Array(
          Int32Array.from(values, (value) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value))).buffer,
        ),
      };
    case 'bool':
      return { type, dims, bytes: Uint8Array.from(values, (value) => Number(value !== 0)) };
  }
}
