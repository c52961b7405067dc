import { Tensor, type InferenceSession } from 'onnxruntime-common';
import type { Tensors } from './engine.ts';

/**
 * The same pseudo-random inputs each time for a graph whose inputs are described by `metadata`: numbers of the size that weights
 * have (uniform in ±1/√(entries of a row)), positive scalars, and 0 or 1 where whole numbers are taken, which is a token of any
 * table and a class of any task. An axis without a size gets one entry.
 */
export function seededInputs(metadata: readonly InferenceSession.ValueMetadata[]): Tensors {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Object.fromEntries(
    metadata.flatMap((input): [string, Tensor][] => {
      if (!input.isTensor) return [];
      const dims = input.shape.map((dim) => (typeof dim === 'number' ? dim : 1));
      const size = dims.reduce((product, dim) => product * dim, 1);
      if (input.type === 'int64') {
        const whole = BigInt64Array.from({ length: size }, () => BigInt(Math.round(random())));
        return [[input.name, new Tensor('int64', whole, dims)]];
      }
      const scale = Math.sqrt((dims[0] ?? 1) / size);
      const number = dims.length === 0 ? () => 0.5 + random() : () => scale * (2 * random() - 1);
      return [[input.name, new Tensor('float32', Float32Array.from({ length: size }, number), dims)]];
    }),
  );
}
