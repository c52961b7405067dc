import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { logisticClippedSum } from '../../test/logistic-oracle.ts';
import { randomTable } from '../../test/random-table.ts';
import type { Table } from '../data/table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { newWaveletCnn } from '../features/new-wavelet-cnn.ts';
import { openGradientSums, type GradientSumsOptions } from './gradient-sums.ts';

const table = randomTable({ rows: 50, width: 3 });
const graph = linearModel(
  [
    [0.1, -0.2, 0.3],
    [0, 0.5, -0.1],
  ],
  [0.05, -0.05],
);
const weights = Float64Array.of(0.1, -0.2, 0.3, 0, 0.5, -0.1, 0.05, -0.05);
const all = Array.from({ length: 50 }, (_, i) => i);
const base = {
  graph,
  loss: 'softmax-cross-entropy',
  clipNorm: 0.4,
  microBatch: 16,
  table,
  engine: createNodeEngine(),
} as const;

async function sums(options: Partial<GradientSumsOptions>, rows: number[] = all, at = weights, calls = 1) {
  const opened = await openGradientSums({ ...base, ...options });
  const result = await opened.sum(at, rows, calls);
  await opened.close();
  return result;
}
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 5) {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
}

describe('gradient sums', () => {
  test.each([0.05, 0.4, 1e3])('equal the gradient by hand, clipped to %d row by row', async (clipNorm) => {
    expectClose(await sums({ clipNorm }), logisticClippedSum(table, all, weights, clipNorm));
  });

  test('microbatch size changes nothing: 1, 7, 50 and 64 rows a call', async () => {
    const expected = logisticClippedSum(table, all, weights, 0.4);
    for (const microBatch of [1, 7, 50, 64]) expectClose(await sums({ microBatch }), expected);
  });

  test('it is a sum, not a mean: twice the rows give twice the sum', async () => {
    const once = await sums({}, [3, 4]);
    expectClose(
      await sums({}, [3, 4, 3, 4]),
      once.map((value) => 2 * value),
    );
  });

  test('last partial batch: padding adds nothing, also after a full call filled the buffers', async () => {
    const rows = all.slice(0, 17);
    expectClose(await sums({}, rows), logisticClippedSum(table, rows, weights, 0.4));
  });

  test('an empty batch gives exact zeros, whatever the weights', async () => {
    expect(await sums({}, [])).toEqual(new Float64Array(8));
    expect(
      await sums(
        {},
        [],
        weights.map(() => Infinity),
      ),
    ).toEqual(new Float64Array(8));
  });

  test('calls beyond the rows add exact zeros', async () => {
    expect(await sums({}, all, weights, 9)).toEqual(await sums({}, all, weights, 1));
  });

  test('a NaN row contributes zero, and so does an infinite one', async () => {
    const features = table.features.slice();
    features[3 * 5] = NaN;
    features[3 * 6 + 1] = Infinity;
    const rest = all.filter((row) => row !== 5 && row !== 6);
    expectClose(await sums({ table: { ...table, features } }), logisticClippedSum(table, rest, weights, 0.4));
  });

  test('adding a row moves the sum by at most the clip norm', async () => {
    const without = await sums(
      {},
      all.slice(1),
      weights.map((w) => 100 * w),
    );
    const moved = (
      await sums(
        {},
        all,
        weights.map((w) => 100 * w),
      )
    ).map((value, i) => value - without[i]!);
    expect(Math.hypot(...moved)).toBeLessThanOrEqual(0.4 * (1 + 1e-5));
  });

  test('binary cross-entropy on one logit, against the gradient by hand', async () => {
    const one = linearModel([[0.3, -0.2, 0.1]], [0.2]);
    const actual = await sums(
      { graph: one, loss: 'binary-cross-entropy-with-logits', clipNorm: 1e3 },
      [1, 2, 3],
      Float64Array.of(0.3, -0.2, 0.1, 0.2),
    );
    const expected = [0, 0, 0, 0];
    for (const row of [1, 2, 3]) {
      const x = [...table.features.subarray(3 * row, 3 * row + 3), 1];
      const z = 0.3 * x[0]! - 0.2 * x[1]! + 0.1 * x[2]! + 0.2;
      const residual = 1 / (1 + Math.exp(-z)) - Number(table.targets[row]);
      for (const [i, value] of x.entries()) expected[i]! += residual * value;
    }
    expectClose(actual, expected);
  });

  test('mean squared error, against the gradient by hand', async () => {
    const regression: Table = {
      ...table,
      task: 'regression',
      outputs: 1,
      targets: Float32Array.from(all, (i) => i / 50),
    };
    const actual = await sums(
      { graph: linearModel([[1, 0, 0]], [0]), loss: 'mean-squared-error', clipNorm: 1e3, table: regression },
      [7],
      Float64Array.of(1, 0, 0, 0),
    );
    const x = [...table.features.subarray(21, 24), 1];
    expectClose(
      actual,
      x.map((value) => 2 * (x[0]! - 0.14) * value),
    );
  });

  test.each([
    ['as many as the micro-batch holds', 128, undefined, 2],
    ['no more for a step of many micro-batches', 128, 1024, 2],
    ['one where nothing is cut', 100, 1024, 1],
    ['no more than the step has calls', 256, 128, 2],
  ])('calls at the same time: %s', async (_, microBatch, stepRows, expected) => {
    const engine = createNodeEngine({ threads: 8 });
    const asked: number[] = [];
    const opened = await openGradientSums({
      ...base,
      graph: newWaveletCnn({ height: 16, width: 16, outputs: 3, seed: Uint8Array.of(1) }),
      table: randomTable({ rows: 8, width: 256, classes: 3 }),
      ...{ microBatch, stepRows },
      engine: {
        ...engine,
        openParallel: async (model, most) => {
          asked.push(most);
          return [await engine.open(model)];
        },
      },
    });
    await opened.close();
    expect(asked).toEqual(expected === 1 ? [] : [expected]);
  });

  test('a graph with enough work is cut into calls that run at the same time: the same bits on one thread and on two', async () => {
    const pictures = randomTable({ rows: 150, width: 256, classes: 3 });
    const cnn = newWaveletCnn({ height: 16, width: 16, outputs: 3, seed: Uint8Array.of(1) });
    const drawn = Array.from({ length: 141 }, (_, i) => (7 * i) % 150);
    const found = await Promise.all(
      [1, 2].map(async (threads) => {
        const engine = createNodeEngine({ threads });
        const opened = await openGradientSums({
          ...base,
          graph: cnn,
          table: pictures,
          microBatch: 128,
          counts: true,
          engine,
        });
        expect(opened.rowsPerCall).toBe(64);
        const at = Float64Array.from({ length: opened.length }, (_, i) => Math.sin(i) / 10);
        // The same buffers serve the next step.
        await opened.take(
          at.map(() => 1),
          drawn.slice(9),
          { calls: 5 },
        );
        const taken = await opened.take(at, drawn, { calls: 4 });
        await opened.close();
        return taken;
      }),
    );
    expect(found[1]).toEqual(found[0]);
    const { open } = createNodeEngine({ threads: 1 });
    const whole = await openGradientSums({
      ...base,
      graph: cnn,
      table: pictures,
      microBatch: 150,
      counts: true,
      engine: { name: 'whole', open },
    });
    expect(whole.rowsPerCall).toBe(150);
    const at = Float64Array.from({ length: whole.length }, (_, i) => Math.sin(i) / 10);
    const expected = await whole.take(at, drawn, { calls: 1 });
    await whole.close();
    expect(found[0]!.count).toBe(expected.count);
    expectClose(found[0]!.sum, expected.sum, 4);
  });

  test('an aborted signal ends the work between two calls', async () => {
    const controller = new AbortController();
    const opened = await openGradientSums({ ...base, signal: controller.signal });
    controller.abort('stop');
    await expect(opened.sum(weights, all, 1)).rejects.toMatchObject({ code: 'learning.cancelled', cause: 'stop' });
    await opened.close();
  });

  test.each<[string, Partial<GradientSumsOptions>]>([
    [
      'too few inputs',
      {
        graph: linearModel(
          [
            [1, 1],
            [1, 1],
          ],
          [0, 0],
        ),
      },
    ],
    ['too few outputs for the classes', { table: randomTable({ rows: 9, width: 3, classes: 3 }) }],
    [
      'more outputs than classes',
      {
        graph: linearModel(
          [
            [1, 1, 1],
            [1, 1, 1],
            [1, 1, 1],
          ],
          [0, 0, 0],
        ),
      },
    ],
    ['a loss for numbers on classes', { loss: 'mean-squared-error' }],
    ['a loss for classes on numbers', { table: { ...table, task: 'regression', outputs: 1 } }],
    ['one logit for three classes', { loss: 'binary-cross-entropy-with-logits', table: { ...table, outputs: 3 } }],
  ])('refuses %s', async (_, options) => {
    await expect(openGradientSums({ ...base, ...options })).rejects.toMatchObject({ code: 'learning.mismatch' });
  });
});
