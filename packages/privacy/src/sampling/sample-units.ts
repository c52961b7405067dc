import type { Keystream } from '../noise/keystream.ts';

/**
 * The numbers of the units that take part in a step: each of `count` units by itself, with probability
 * floor(q·2⁷²)/2⁷². That is q exactly for every double from 2⁻²⁰ up; below, it falls short of q by less than 2⁻⁷² and never
 * exceeds it, so the accounting for q holds (a smaller rate leaks no more).
 *
 * A byte of the keystream a unit, and a word or two more where it is the first byte of q, which one in 256 is whatever comes out:
 * neither time nor position tells who was drawn.
 */
export function sampleUnits(keystream: Keystream, q: number, count: number): Uint32Array {
  // All products are exact: scaling by a power of two, and a difference of neighbouring numbers.
  const first = Math.floor(q * 2 ** 8);
  const rest = (q * 2 ** 8 - first) * 2 ** 32;
  const second = Math.floor(rest);
  const third = Math.floor((rest - second) * 2 ** 32);
  const isDrawnAtTie = () => {
    const word = keystream.next();
    return word < second || (word === second && keystream.next() < third);
  };
  const drawn = new Uint32Array(count);
  const words = new Uint32Array(Math.min(Math.ceil(count / 4), 4096));
  let size = 0;
  for (let from = 0; from < count; from += 4 * words.length) {
    const units = Math.min(4 * words.length, count - from);
    keystream.fill(words.subarray(0, Math.ceil(units / 4)));
    for (let i = 0; i < units; i++) {
      const byte = (words[i >>> 2]! >>> (8 * (i & 3))) & 255;
      drawn[size] = from + i;
      size += byte < first || (byte === first && isDrawnAtTie()) ? 1 : 0;
    }
  }
  return drawn.slice(0, size);
}
