import { checkModel, isolate, writeModel } from '@encryptech/onnx';
import { describe, expect, test } from 'vitest';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { predict } from '../inference/predict.ts';
import { newScattering } from './new-scattering.ts';
import { splitFrozen } from './split-frozen.ts';
import { gaussian, morlet, type Filter } from './wavelet.ts';

const SIDE = 12;
/** Pictures that are nowhere alike, in [0, 1). */
const pictures = (count: number): Float32Array =>
  Float32Array.from(
    { length: count * SIDE * SIDE },
    (_, i) => ((Math.sin(12.9898 * (i + 1)) * 43_758.5453) % 0.5) + 0.5,
  );

type Picture = { side: number; values: Float64Array };
/** A convolution by its definition, with zeros beyond the border, at the middle of each `stride` × `stride` pixels. */
function filtered({ side, values }: Picture, filter: Filter, stride: number): Picture {
  const out: number[] = [];
  const first = (stride - filter.side) / 2;
  for (let y = first; y < side + first; y += stride)
    for (let x = first; x < side + first; x += stride) {
      let sum = 0;
      for (let dy = 0; dy < filter.side; dy++)
        for (let dx = 0; dx < filter.side; dx++) {
          const [v, u] = [y + dy, x + dx];
          if (v < 0 || u < 0 || v >= side || u >= side) continue;
          sum += values[v * side + u]! * filter.values[dy * filter.side + dx]!;
        }
      out.push(sum);
    }
  return { side: side / stride, values: Float64Array.from(out) };
}

/** The features of one picture, straight from their definition. */
function byHand(picture: Float32Array): number[] {
  const image = { side: SIDE, values: Float64Array.from(picture) };
  const wave = (scale: number, k: number) =>
    morlet({
      ...{ sigma: 0.8 * 2 ** scale, frequency: (0.75 * Math.PI) / 2 ** scale, angle: (k * Math.PI) / 8 },
      ...{ slant: 0.5, side: [9, 16][scale]! },
    });
  const modulus = (from: Picture, scale: number, k: number, stride: number): Picture => {
    const { real, imaginary } = wave(scale, k);
    const [a, b] = [filtered(from, real, stride), filtered(from, imaginary, stride)];
    return { side: a.side, values: a.values.map((value, i) => Math.hypot(value, b.values[i]!)) };
  };
  const directions = [0, 1, 2, 3, 4, 5, 6, 7];
  const fine = directions.map((k) => modulus(image, 0, k, 1));
  const [smooth, half] = [gaussian(1.6, 10), gaussian(0.8, 6)];
  const root = (channel: Picture): number[] => [...channel.values].map((value) => Math.sqrt(value + 1e-4));
  const groups = [
    [[...filtered(image, smooth, 4).values]],
    fine.map((channel) => root(filtered(channel, smooth, 4))),
    directions.map((k) => root(filtered(modulus(image, 1, k, 2), half, 2))),
    ...fine.map((channel) => directions.map((k) => root(filtered(modulus(channel, 1, k, 2), half, 2)))),
  ];
  const normalised = groups.flatMap((group) => {
    const all = group.flat();
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
    return group.map((values) => values.map((value) => (value - mean) / Math.sqrt(variance + 1e-5)));
  });
  return inFrequencies(normalised);
}

/** What 81 channels of 3 × 3 places are as frequencies, by their definition: a sum over all the directions and places of a path. */
function inFrequencies(channels: number[][]): number[] {
  // A wave of 8 directions: value, and the frequency that it has.
  const turning = (row: number, k: number): number => {
    const angle = (Math.PI / 4) * k;
    const waves = [Math.SQRT1_2, Math.cos(angle), Math.sin(angle), Math.cos(2 * angle), Math.sin(2 * angle)];
    return [...waves, Math.cos(3 * angle), Math.sin(3 * angle), Math.SQRT1_2 * Math.cos(4 * angle)][row]! / 2;
  };
  const turns = [0, 1, 1, 2, 2, 3, 3, 4];
  const along = (k: number, place: number): number =>
    k === 0 ? Math.sqrt(1 / 3) : Math.sqrt(2 / 3) * Math.cos((Math.PI * (2 * place + 1) * k) / 6);
  // A mirror turns the sign of what is odd: of the sines of directions, and of every other wave across.
  const isOdd = (row: number): boolean => [2, 4, 6].includes(row);
  // Each row: the directions' part of one frequency, 9 places.
  const rows: { weight: number; odd: boolean; places: number[] }[] = [];
  const mixed = (share: number, frequency: number, odd: boolean, of: number[][], by: (k: number) => number): void => {
    const places = of[0]!.map((_, place) => of.reduce((sum, channel, k) => sum + by(k) * channel[place]!, 0));
    rows.push({ weight: 0.22 * share * (1 + frequency), odd, places });
  };
  mixed(8, 0, false, channels.slice(0, 1), () => 1);
  for (const start of [1, 9])
    for (let row = 0; row < 8; row++)
      mixed(Math.sqrt(8), turns[row]!, isOdd(row), channels.slice(start, start + 8), (k) => turning(row, k));
  for (let row = 0; row < 64; row++) {
    const [fine, coarse] = [Math.floor(row / 8), row % 8];
    mixed(
      1,
      Math.hypot(turns[fine]!, turns[coarse]!),
      isOdd(fine) !== isOdd(coarse),
      channels.slice(17),
      (k) => turning(fine, Math.floor(k / 8)) * turning(coarse, k % 8),
    );
  }
  return rows.flatMap(({ weight, odd, places }) =>
    [0, 1, 2].flatMap((u) =>
      [0, 1, 2].map((v) => {
        const sum = places.reduce((all, value, i) => all + value * along(u, i % 3) * along(v, Math.floor(i / 3)), 0);
        return sum * weight * (odd === (u === 1) ? 1 : 0.5) * Math.sqrt(1 + Math.hypot(u, v));
      }),
    ),
  );
}

describe('newScattering', () => {
  const graph = newScattering({ height: SIDE, width: SIDE, outputs: 10 });

  test('is a model that can be trained privately, of which only the head trains', () => {
    const facts = checkModel(writeModel(graph));
    expect(facts.parameters).toBe(81 * 9 * 10 + 10);
    expect(facts.trainable.map(({ name }) => name)).toEqual(['head.weight', 'head.bias']);
    expect([...isolate(graph).batchAxes.values()].filter((axis) => axis !== null && axis !== 0)).toEqual([]);
  });

  test('computes what its definition says', async () => {
    const { frozen } = splitFrozen(graph, (name) => name.startsWith('head'))!;
    const features = pictures(2);
    const { values, width } = await predict(writeModel(frozen), { features, width: 144, rows: 2 }, createNodeEngine());
    expect(width).toBe(81 * 9);
    for (const row of [0, 1]) {
      const expected = byHand(features.subarray(row * 144, (row + 1) * 144));
      const got = values.subarray(row * width, (row + 1) * width);
      for (const [i, value] of expected.entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(2e-3);
    }
  });

  test('a mirrored picture differs in the signs of what is odd only', async () => {
    const { frozen } = splitFrozen(graph, (name) => name.startsWith('head'))!;
    const one = pictures(1);
    const mirrored = one.map((_, i) => one[i - (i % SIDE) + SIDE - 1 - (i % SIDE)]!);
    const features = Float32Array.from([...one, ...mirrored]);
    const { values, width } = await predict(writeModel(frozen), { features, width: 144, rows: 2 }, createNodeEngine());
    const signs = Array.from({ length: width }, (_, i) => {
      const [a, b] = [values[i]!, values[width + i]!];
      expect(Math.abs(Math.abs(a) - Math.abs(b))).toBeLessThan(2e-3);
      return Math.abs(a) < 0.01 ? 0 : Math.sign(a * b);
    });
    // The mean: even, odd and even across, whatever is down.
    expect(signs.slice(0, 9).map((sign) => sign >= 0)).toEqual([0, 1, 2].flatMap((u) => [0, 1, 2].map(() => u !== 1)));
    expect(signs.filter((sign) => sign < 0).length).toBeGreaterThan(250);
  });

  test('a picture of pixels below zero has features too', async () => {
    const { frozen } = splitFrozen(graph, (name) => name.startsWith('head'))!;
    const features = pictures(1).map((value) => value - 1);
    const { values } = await predict(writeModel(frozen), { features, width: 144, rows: 1 }, createNodeEngine());
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test.each([6, 10, 260, 12.5, Number.NaN])('a height of %d is refused', (height) => {
    expect(() => newScattering({ height, width: SIDE, outputs: 10 })).toThrow(
      expect.objectContaining({ code: 'learning.badFeatures' }),
    );
  });
});
