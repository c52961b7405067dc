import type { Keystream } from '../noise/keystream.ts';

/**
 * The numbers of the units that take part in a step: each of `count` units by itself, with probability
 * floor(q·2⁶⁴)/2⁶⁴. That is q exactly for every double from 2⁻¹² up; below, it falls short of q by less than 2⁻⁶⁴ and never
 * exceeds it, so the accounting for q holds (a smaller rate leaks no more).
 *
 * Two words of the keystream a unit, whatever comes out, so neither time nor position tells who was drawn.
 */
export function sampleUnits(keystream: Keystream, q: number, count: number): Uint32Array {
  // Both products are exact: scaling by a power of two, and a difference of neighbouring numbers.
  const high = Math.floor(q * 2 ** 32);
  const low = Math.floor((q * 2 ** 32 - high) * 2 ** 32);
  const drawn = new Uint32Array(count);
  const words = new Uint32Array(2 * Math.min(count, 8192));
  let size = 0;
  for (let from = 0; from < count; from += words.length / 2) {
    const units = Math.min(words.length / 2, count - from);
    const batch = words.subarray(0, 2 * units);
    keystream.fill(batch);
    for (let i = 0; i < units; i++) {
      const top = batch[2 * i]!;
      drawn[size] = from + i;
      size += top < high || (top === high && batch[2 * i + 1]! < low) ? 1 : 0;
    }
  }
  return drawn.slice(0, size);
}
