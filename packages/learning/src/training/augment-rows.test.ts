import { createPlan, type Keystream } from '@encryptech/privacy';
import { describe, expect, test } from 'vitest';
import { createRowAugmenter } from './augment-rows.ts';
import type { Augmentation } from './training-job.ts';

const plan = createPlan({
  ...{ adjacency: 'add-or-remove-one', unit: 'row', clipNorm: 1, samplingRate: 1, steps: 1 },
  ...{ deltaExponent: 5, noiseMultiplier: 2 },
});
/** Real words of a run, for a row. */
function wordsOf(row: number): Keystream {
  const run = plan.begin({
    ...{ root: new Uint8Array(32).fill(4), units: [[0]], parameters: [{ name: 'w', length: 1 }] },
  });
  run.draw(0);
  return run.augmentation(0, row);
}
const picture = { name: 'x', type: 'float32', dims: [2, 2, 3, 4] } as const;
const flat = { name: 'x', type: 'float32', dims: [2, 24] } as const;
/** Two channels of three rows of four, all entries different. */
const source = Float32Array.from({ length: 24 }, (_, i) => i + 1);

function copiesOf(
  augmentation: Augmentation,
  row = 0,
  from: Float32Array | Uint8Array = source,
  input = picture as never,
) {
  const made: number[][] = [];
  createRowAugmenter(augmentation, input).write(from, wordsOf(row), (copy, values) => {
    expect(copy).toBe(made.length);
    made.push([...values]);
  });
  return made;
}

/** The picture moved and mirrored, entry by entry from the definition. */
function transformed({ isFlipped, down, right }: { isFlipped: boolean; down: number; right: number }): number[] {
  const out: number[] = [];
  for (let channel = 0; channel < 2; channel++) {
    const at = (y: number, x: number) => (y < 0 || y > 2 || x < 0 || x > 3 ? 0 : source[channel * 12 + y * 4 + x]!);
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 4; x++) out.push(at(y - down, isFlipped ? 3 - (x - right) : x - right));
    }
  }
  return out;
}

describe('transformed copies of a row', () => {
  test('are the row itself where nothing is asked for', () => {
    expect(copiesOf({ copies: 2 })).toEqual([[...source], [...source]]);
  });

  test('are mirrored or not, about half of them', () => {
    const copies = copiesOf({ copies: 64, flip: true });
    const mirrored = transformed({ isFlipped: true, down: 0, right: 0 });
    expect(mirrored.slice(0, 4)).toEqual([4, 3, 2, 1]);
    const flips = copies.filter((copy) => copy.every((value, i) => value === mirrored[i])).length;
    const same = copies.filter((copy) => copy.every((value, i) => value === source[i])).length;
    expect(flips + same).toBe(64);
    // 32 ± 4 deviations.
    expect(flips).toBeGreaterThan(16);
    expect(flips).toBeLessThan(48);
  });

  test('are moved by every distance up to the limit, channels together, with zeros behind', () => {
    const allowed = new Set<string>();
    for (const isFlipped of [false, true]) {
      for (const down of [-1, 0, 1]) {
        for (const right of [-1, 0, 1]) allowed.add(transformed({ isFlipped, down, right }).join());
      }
    }
    const seen = new Set<string>();
    for (let row = 0; row < 8; row++) {
      for (const copy of copiesOf({ copies: 64, flip: true, shift: 1 }, row)) seen.add(copy.join());
    }
    expect(allowed.size).toBe(18);
    expect(seen).toEqual(allowed);
  });

  test('get Gaussian noise of the deviation asked for, in tables too', () => {
    const copies = copiesOf({ copies: 64, jitter: 0.5 }, 1, source, flat as never);
    const noise = copies.flatMap((copy) => copy.map((value, i) => value - source[i]!));
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(deviation).toBeGreaterThan(0.46);
    expect(deviation).toBeLessThan(0.54);
    expect(new Set(noise).size).toBeGreaterThan(1500);
  });

  test('are of bytes as of 255ths', () => {
    const bytes = Uint8Array.from({ length: 24 }, (_, i) => 10 * i);
    const [copy] = copiesOf({ copies: 1 }, 0, bytes);
    expect(copy![23]).toBeCloseTo(230 / 255, 6);
  });

  test('are the same for the same words, and others for others', () => {
    const augmentation = { copies: 4, flip: true, shift: 2, jitter: 0.1 };
    expect(copiesOf(augmentation, 5)).toEqual(copiesOf(augmentation, 5));
    expect(copiesOf(augmentation, 6)).not.toEqual(copiesOf(augmentation, 5));
  });

  test('of a table can be neither mirrored nor moved, and tokens not at all', () => {
    const mismatch = expect.objectContaining({ code: 'learning.mismatch' });
    const tokens = { name: 'x', type: 'int64', dims: [2, 24] } as const;
    expect(() => createRowAugmenter({ copies: 2, flip: true }, { ...flat, dims: [2, 24] })).toThrow(mismatch);
    expect(() => createRowAugmenter({ copies: 2, shift: 1 }, { ...flat, dims: [2, 24] })).toThrow(mismatch);
    expect(() => createRowAugmenter({ copies: 2, jitter: 1 }, { ...tokens, dims: [2, 24] })).toThrow(mismatch);
  });
});
