import { writeModel } from '@encryptech/onnx';
import { describe, expect, test } from 'vitest';
import { linearModel } from '../../test/linear-model.ts';
import { randomTable } from '../../test/random-table.ts';
import type { Table } from '../data/table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { evaluate } from './evaluate.ts';
import { predict } from './predict.ts';

const engine = createNodeEngine();
const four: Table = {
  ...randomTable({ rows: 4, width: 1 }),
  features: Float32Array.of(-1, -0.5, 0.5, 1),
  targets: BigInt64Array.of(0n, 1n, 1n, 1n),
};

describe('predict', () => {
  test('gives every row its raw outputs, in order', async () => {
    const model = writeModel(linearModel([[2], [-1]], [0.5, 0]));
    const { values, rows, width } = await predict(model, four, engine);
    expect([...values]).toEqual([-1.5, 1, -0.5, 0.5, 1.5, -0.5, 2.5, -1]);
    expect([rows, width]).toEqual([4, 2]);
  });

  test.each([255, 256, 257, 600])('%d rows come back whole, whatever the batch', async (rows) => {
    const table = randomTable({ rows, width: 2 });
    const { values } = await predict(writeModel(linearModel([[1, 0]], [0])), table, engine);
    expect(values).toEqual(table.features.filter((_, i) => i % 2 === 0));
  });

  test('refuses a model of another width', async () => {
    await expect(predict(writeModel(linearModel([[1, 1]], [0])), four, engine)).rejects.toMatchObject({
      code: 'learning.mismatch',
    });
  });
});

describe('evaluate', () => {
  test('accuracy is the share of rows whose largest logit is the label', async () => {
    const model = writeModel(linearModel([[-1], [1]], [0, 0]));
    expect(await evaluate(model, four, engine)).toEqual({ task: 'classification', rows: 4, accuracy: 0.75 });
  });

  test('one logit says 1 where it is positive', async () => {
    const model = writeModel(linearModel([[1]], [0.75]));
    expect(await evaluate(model, four, engine)).toEqual({ task: 'classification', rows: 4, accuracy: 1 });
  });

  test('rmse is in the unit of the target column', async () => {
    const table: Table = {
      ...four,
      task: 'regression',
      outputs: 1,
      targets: Float32Array.of(-1, -0.5, 0.5, 0),
      targetScale: 50,
    };
    const model = writeModel(linearModel([[1]], [0]));
    expect(await evaluate(model, table, engine)).toEqual({ task: 'regression', rows: 4, rmse: 25 });
  });

  test('refuses a model with another number of outputs than classes', async () => {
    const model = writeModel(linearModel([[1], [1], [1]], [0, 0, 0]));
    await expect(evaluate(model, four, engine)).rejects.toMatchObject({ code: 'learning.mismatch' });
    await expect(evaluate(writeModel(linearModel([[1]], [0])), { ...four, outputs: 3 }, engine)).rejects.toMatchObject({
      code: 'learning.mismatch',
    });
  });
});
