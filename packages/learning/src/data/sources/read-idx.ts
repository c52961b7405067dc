import { learningError } from '../../errors.ts';

/** An IDX file of bytes (LeCun, Cortes, Burges: "The MNIST database"): its dimensions, most significant first, and entries. */
export interface Idx {
  dims: number[];
  values: Uint8Array;
}

/**
 * The array in an IDX file, unpacked. Only unsigned bytes are read (type 0x08), which is what pictures and labels come in.
 *
 * @throws `learning.malformedIdx`
 */
export function readIdx(bytes: Uint8Array, place: string): Idx {
  const malformed = (message: string) => learningError({ code: 'learning.malformedIdx', message, place });
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0) throw malformed('The file is no IDX file.');
  if (bytes[2] !== 8) throw malformed('The entries of the IDX file are not unsigned bytes.');
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  if (rank === 0 || bytes.length < start) throw malformed('The IDX file is cut short.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (bytes.length - start !== size) {
    throw malformed(`The IDX file declares ${size} entries and has ${bytes.length - start}.`);
  }
  return { dims, values: bytes.subarray(start) };
}
