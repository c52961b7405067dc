import { concatBytes, digestOf, fromHex, utf8 } from '@encryptech/base';
import { floatTensor, type Tensor } from './graph/tensor.ts';

/** Values in ±bound from SHA-256 in counter mode over seed and name: 32 bits each, eight a digest. */
export function uniformTensor(seed: Uint8Array, name: string, dims: readonly number[], bound: number): Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = new Float32Array(count);
  const label = concatBytes(utf8(`encryptech initial weights\n${name}\n`), seed);
  for (let block = 0; block * 8 < count; block++) {
    const counter = new Uint8Array(8);
    new DataView(counter.buffer).setBigUint64(0, BigInt(block));
    const digest = fromHex(digestOf(concatBytes(label, counter)));
    const view = new DataView(digest.buffer, digest.byteOffset);
    for (let i = 0; i < 8 && block * 8 + i < count; i++) {
      values[block * 8 + i] = ((view.getUint32(4 * i) + 0.5) / 2 ** 31 - 1) * bound;
    }
  }
  return floatTensor(dims, values);
}
