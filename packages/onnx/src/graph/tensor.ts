import { dataTypes, type DataType } from './data-type.ts';
import { elementCount } from './element-count.ts';

/** A tensor's values: little-endian, row-major, `bytes.length === elementCount(dims) × size of an element`. */
export interface Tensor {
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** A float32 tensor that shares no memory with `values`. */
export function floatTensor(dims: readonly number[], values: ArrayLike<number>): Tensor {
  return { type: 'float32', dims, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** An int64 tensor. */
export function intTensor(dims: readonly number[], values: readonly number[]): Tensor {
  return { type: 'int64', dims, bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}

/** A float32 scalar. */
export const floatScalar = (value: number): Tensor => floatTensor([], [value]);

/** The tensor's values as numbers; int64 values lose what is beyond 2^53. */
export function tensorValues(tensor: Tensor): number[] {
  const view = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset, tensor.bytes.byteLength);
  const size = dataTypes[tensor.type].bytes;
  const read: Record<DataType, (at: number) => number> = {
    float32: (at) => view.getFloat32(at, true),
    float64: (at) => view.getFloat64(at, true),
    int32: (at) => view.getInt32(at, true),
    int64: (at) => Number(view.getBigInt64(at, true)),
    bool: (at) => view.getUint8(at),
  };
  return Array.from({ length: elementCount(tensor.dims) }, (_, i) => read[tensor.type](i * size));
}

/** A copy of a float32 tensor's values. */
export function floatValues(tensor: Tensor): Float32Array {
  return new Float32Array(new Uint8Array(tensor.bytes).buffer);
}
