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
/** A convolution by its definition, with zeros beyond the border. */
function filtered({ side, values }: Picture, { radius, values: taps }: Filter, stride: number): Picture {
  const out: number[] = [];
  for (let y = 0; y < side; y += stride)
    for (let x = 0; x < side; x += stride) {
      let sum = 0;
      for (let dy = -radius; dy <= radius; dy++)
        for (let dx = -radius; dx <= radius; dx++) {
          const [v, u] = [y + dy, x + dx];
          if (v < 0 || u < 0 || v >= side || u >= side) continue;
          sum += values[v * side + u]! * taps[(dy + radius) * (2 * radius + 1) + dx + radius]!;
        }
      out.push(sum);
    }
  return { side: Math.ceil(side / stride), values: Float64Array.from(out) };
}

/** The features of one picture, straight from their definition. */
function byHand(picture: Float32Array): number[] {
  const image = { side: SIDE, values: Float64Array.from(picture) };
  const wave = (scale: number, k: number) =>
    morlet({
      ...{ sigma: 0.8 * 2 ** scale, frequency: (0.75 * Math.PI) / 2 ** scale, angle: (k * Math.PI) / 8 },
      ...{ slant: 0.5, radius: 4 * 2 ** scale },
    });
  const modulus = (from: Picture, scale: number, k: number, stride: number): Picture => {
    const { real, imaginary } = wave(scale, k);
    const [a, b] = [filtered(from, real, stride), filtered(from, imaginary, stride)];
    return { side: a.side, values: a.values.map((value, i) => Math.hypot(value, b.values[i]!)) };
  };
  const directions = [0, 1, 2, 3, 4, 5, 6, 7];
  const fine = directions.map((k) => modulus(image, 0, k, 1));
  const [smooth, half] = [gaussian(1.6, 5), gaussian(0.8, 3)];
  const channels = [
    filtered(image, smooth, 4),
    ...fine.map((channel) => filtered(channel, smooth, 4)),
    ...directions.map((k) => filtered(modulus(image, 1, k, 2), half, 2)),
    ...fine.flatMap((channel) => directions.map((k) => filtered(modulus(channel, 1, k, 2), half, 2))),
  ];
  const normalised = Array.from({ length: 27 }, (_, group) => channels.slice(3 * group, 3 * group + 3)).flatMap(
    (three) => {
      const all = three.flatMap(({ values }) => [...values]);
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
      const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
      return three.map(({ values }) => [...values].map((value) => (value - mean) / Math.sqrt(variance + 1e-5)));
    },
  );
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
  // Each row: the directions' part of one frequency, 9 places.
  const rows: number[][] = [channels[0]!.map((value) => value / 4)];
  const mixed = (weight: number, of: number[][], by: (k: number) => number): number[] =>
    of[0]!.map((_, place) => of.reduce((sum, channel, k) => sum + (1 + weight) * 0.25 * by(k) * channel[place]!, 0));
  for (const start of [1, 9])
    for (let row = 0; row < 8; row++)
      rows.push(mixed(turns[row]!, channels.slice(start, start + 8), (k) => turning(row, k)));
  for (let row = 0; row < 64; row++) {
    const [fine, coarse] = [Math.floor(row / 8), row % 8];
    rows.push(
      mixed(
        Math.hypot(turns[fine]!, turns[coarse]!),
        channels.slice(17),
        (k) => turning(fine, Math.floor(k / 8)) * turning(coarse, k % 8),
      ),
    );
  }
  return rows.flatMap((places) =>
    [0, 1, 2].flatMap((u) =>
      [0, 1, 2].map((v) => {
        const sum = places.reduce((all, value, i) => all + value * along(u, i % 3) * along(v, Math.floor(i / 3)), 0);
        return sum * Math.sqrt(1 + Math.hypot(u, v));
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

  test.each([6, 10, 260, 12.5, Number.NaN])('a height of %d is refused', (height) => {
    expect(() => newScattering({ height, width: SIDE, outputs: 10 })).toThrow(
      expect.objectContaining({ code: 'learning.badFeatures' }),
    );
  });
});
