import type { ValueInfo } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';
import { learningError } from '../errors.ts';

/** A graph's input that is filled row by row; one buffer for all calls. */
export interface ExampleInput {
  readonly tensor: Tensor;
  /** Sets every row to zeros. */
  clear(): void;
  /**
   * Puts rows, one after the other, from row `at` on: all of `features`, or what stands there from index `from` to before `to`. Bytes
   * stand for 255ths, as in a table of pictures.
   */
  set(at: number, features: Float32Array | Uint8Array, from?: number, to?: number): void;
}

/** Below so many numbers it is faster to copy them one by one than to make a view of them. */
const FEW = 64;

/** Tokens beyond this are cut to it: no vocabulary reaches it, and it can be written as a whole number. */
const LARGEST_TOKEN = 2 ** 31;

/**
 * The input `example` (the batch first) for rows of a table. Where the graph takes whole numbers (tokens), numbers are cut to
 * whole ones, and one that isn't finite becomes 0: no row can stop a step.
 *
 * @throws `learning.mismatch` for a graph that takes neither float32 nor int64
 */
export function createExampleInput({ name, type, dims }: ValueInfo): ExampleInput {
  const shape = [...(dims as readonly number[])];
  const length = shape.reduce((product, dim) => product * dim, 1);
  const width = length / shape[0]!;
  if (type === 'float32') {
    const data = new Float32Array(length);
    return {
      tensor: new Tensor('float32', data, shape),
      clear: () => void data.fill(0),
      set(at, features, from = 0, to = features.length) {
        const start = at * width - from;
        if (features instanceof Uint8Array) for (let i = from; i < to; i++) data[start + i] = features[i]! / 255;
        else if (to - from < FEW) for (let i = from; i < to; i++) data[start + i] = features[i]!;
        else data.set(features.subarray(from, to), at * width);
      },
    };
  }
  if (type !== 'int64') {
    throw learningError({
      code: 'learning.mismatch',
      message: `The model's input "${name}" is of type ${type}; rows are float32, or int64 tokens.`,
    });
  }
  const tokens = new BigInt64Array(length);
  return {
    tensor: new Tensor('int64', tokens, shape),
    clear: () => void tokens.fill(0n),
    set(at, features, from = 0, to = features.length) {
      for (let i = from; i < to; i++) tokens[at * width + i - from] = BigInt(toToken(features[i]!));
    },
  };
}

function toToken(value: number): number {
  if (!Number.isFinite(value)) return 0;
  return Math.trunc(Math.max(-LARGEST_TOKEN, Math.min(LARGEST_TOKEN, value)));
}
