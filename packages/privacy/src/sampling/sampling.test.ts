import { describe, expect, it } from 'vitest';
import { Keystream } from '../noise/keystream.ts';
import { chooseIndex } from './choose-index.ts';
import { sampleUnits } from './sample-units.ts';

const key = (byte: number) => new Keystream(new Uint8Array(32).fill(byte));

/** A keystream of chosen words, to reach single draws. */
class Words extends Keystream {
  readonly #words: number[];
  constructor(words: number[]) {
    super(new Uint8Array(32));
    this.#words = [...words];
  }
  override next(): number {
    return this.#words.shift()!;
  }
  override fill(out: Uint32Array): void {
    for (let i = 0; i < out.length; i++) out[i] = this.next();
  }
}

describe('sampleUnits', () => {
  it('draws everybody at q = 1, in order', () => {
    expect(sampleUnits(key(1), 1, 20_000)).toEqual(Uint32Array.from({ length: 20_000 }, (_, i) => i));
  });

  it('compares 72 bits with q: the last draw below q is in, q itself is out', () => {
    // q = 0x40 in the first byte, then 2^12, then 2^20.
    const q = 0.25 + 2 ** -28 + 2 ** -52;
    const words = [0x4040_4040, 0xff41_3f40, 2 ** 12, 2 ** 20, 2 ** 12, 2 ** 20 - 1, 2 ** 12 - 1, 2 ** 12 + 1, 0];
    // Four ties in the first word; in the second a tie, one below, two above.
    expect([...sampleUnits(new Words(words), q, 8)]).toEqual([1, 2, 4, 5]);
  });

  it('never rounds a small q up', () => {
    // 2^-72·1.5 falls to 2^-72: only the draw 0 is in.
    expect([...sampleUnits(new Words([0, 0, 0, 0, 1]), 1.5 * 2 ** -72, 2)]).toEqual([0]);
    expect([...sampleUnits(new Words([0, 0, 0]), 2 ** -78, 1)]).toEqual([]);
  });

  it('gives each byte of a word to a unit, past the end of its buffer too', () => {
    const q = 0.5;
    const words = Uint32Array.from({ length: 5002 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0);
    const bytes = [...words].flatMap((word) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24]);
    // Ties are read from the words after those of their 16,384 units: there are none.
    const count = 20_006;
    const untied = bytes.map((byte) => (byte === 128 ? 127 : byte)).slice(0, count);
    const packed = Array.from({ length: 5002 }, (_, i) =>
      [0, 1, 2, 3].reduce((word, k) => (word | ((untied[4 * i + k] ?? 0) << (8 * k))) >>> 0, 0),
    );
    const expected = untied.flatMap((byte, unit) => (byte < 128 ? [unit] : []));
    expect([...sampleUnits(new Words(packed), q, count)]).toEqual(expected);
  });

  it('gives sizes of a binomial distribution, not of a fixed batch', () => {
    const stream = key(9);
    const fresh = Array.from({ length: 2000 }, () => sampleUnits(stream, 0.1, 1000).length);
    const mean = fresh.reduce((a, b) => a + b, 0) / fresh.length;
    const variance = fresh.reduce((a, b) => a + (b - mean) ** 2, 0) / fresh.length;
    expect(Math.abs(mean - 100)).toBeLessThan(5 * Math.sqrt(90 / 2000));
    expect(Math.abs(variance - 90)).toBeLessThan(5 * 90 * Math.sqrt(2 / 2000));
  });

  it('draws pairs of units independently', () => {
    const stream = key(10);
    let [first, both] = [0, 0];
    for (let i = 0; i < 20_000; i++) {
      const drawn = new Set(sampleUnits(stream, 0.3, 2));
      first += drawn.has(0) ? 1 : 0;
      both += drawn.size === 2 ? 1 : 0;
    }
    expect(Math.abs(first / 20_000 - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / 20_000));
    expect(Math.abs(both / 20_000 - 0.09)).toBeLessThan(5 * Math.sqrt(0.082 / 20_000));
  });
});

describe('chooseIndex', () => {
  it('is uniform', () => {
    const stream = key(11);
    const counts = new Float64Array(7);
    for (let i = 0; i < 70_000; i++) counts[chooseIndex(stream, 7)]! += 1;
    const statistic = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // Chi-square with 6 degrees of freedom: 35.9 is its 1 - 3e-6 quantile.
    expect(statistic).toBeLessThan(35.9);
  });

  it('throws away the draws that would favour small numbers', () => {
    // 2^32 = 3·1431655765 + 1: the top draw is left out.
    expect(chooseIndex(new Words([0xffffffff, 5]), 3)).toBe(2);
    expect(chooseIndex(new Words([0xffffffff]), 4)).toBe(3);
  });
});
