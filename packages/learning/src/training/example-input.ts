import type { ValueInfo } from '@encryptech/onnx';
import { Tensor } from 'onnxruntime-common';
import { learningError } from '../errors.ts';

/** A graph's input that is filled row by row; one buffer for all calls. */
export interface ExampleInput {
  readonly tensor: Tensor;
  /** Sets every row to zeros. */
  clear(): void;
  /** Puts rows, one after the other, from row `at` on. Bytes stand for 255ths, as in a table of pictures. */
  set(at: number, features: Float32Array | Uint8Array): void;
}

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
      set(at, features) {
        if (features instanceof Float32Array) data.set(features, at * width);
        else for (let i = 0, to = at * width; i < features.length; i++, to++) data[to] = features[i]! / 255;
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
    set(at, features) {
      for (const [i, value] of features.entries()) tokens[at * width + i] = BigInt(toToken(value));
    },
  };
}

function toToken(value: number): number {
  if (!Number.isFinite(value)) return 0;
  return Math.trunc(Math.max(-LARGEST_TOKEN, Math.min(LARGEST_TOKEN, value)));
}
