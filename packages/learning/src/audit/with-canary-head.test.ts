import { readFile } from 'node:fs/promises';
import { inferShapes, readModel, writeModel } from '@encryptech/onnx';
import { expect, test } from 'vitest';
import { randomTable } from '../../test/random-table.ts';
import { createNodeEngine } from '../engine/create-node-engine.ts';
import { predict } from '../inference/predict.ts';
import { openGradientSums } from '../training/gradient-sums.ts';
import { CANARY_WEIGHTS, withCanaryHead } from './with-canary-head.ts';

const engine = createNodeEngine();
const exported = async (model: string) =>
  new Uint8Array(await readFile(new URL(`../../../../vectors/pytorch/${model}/model.onnx`, import.meta.url)));

test.each(['logistic', 'mlp-relu', 'mnist-cnn', 'transformer'])(
  '%s computes what it did on rows, and a canary’s gradient lies in a row of its own',
  async (model) => {
    const bytes = await exported(model);
    const graph = readModel(bytes);
    const shapes = inferShapes(graph, { batch: 1 });
    const size = (value: string) => shapes.get(value)!.dims.reduce((product, dim) => product * dim, 1);
    const [width, outputs] = [size(graph.inputs[0]!.name), size(graph.outputs[0]!.name)];
    const table = randomTable({ rows: 3, width, classes: outputs });
    if (graph.inputs[0]!.type === 'int64')
      table.features.forEach((value, i) => (table.features[i] = Math.floor(9 * (value + 1))));
    const widened = withCanaryHead(graph, 5);
    const features = new Float32Array(4 * (width + 2));
    for (let row = 0; row < 3; row++)
      features.set(table.features.subarray(row * width, (row + 1) * width), row * (width + 2));
    // The last row is canary 4.
    features.set([4, 100], 3 * (width + 2) + width);
    const wide = {
      ...table,
      features,
      width: width + 2,
      rows: 4,
      targets: BigInt64Array.of(...(table.targets as BigInt64Array), 1n),
    };
    const [before, after] = [await predict(bytes, table, engine), await predict(writeModel(widened), wide, engine)];
    before.values.forEach((value, i) => expect(after.values[i]).toBeCloseTo(value, 5));

    const sums = await openGradientSums({
      ...{ graph: widened, loss: 'softmax-cross-entropy', clipNorm: 0.7, microBatch: 4, table: wide, engine },
    });
    const weights = new Float64Array(sums.length);
    const initial = readModel(writeModel(widened)).initializers;
    for (const { name, start } of sums.parameters)
      weights.set(new Float32Array(new Uint8Array(initial.get(name)!.bytes).buffer), start);
    const own = sums.parameters.find(({ name }) => name === CANARY_WEIGHTS)!;
    const [rows, canary] = [await sums.sum(weights, [0, 1, 2], 1), await sums.sum(weights, [3], 1)];
    await sums.close();
    const part = (gradient: Float64Array, row: number) =>
      gradient.subarray(own.start + row * outputs, own.start + (row + 1) * outputs);
    expect(rows.subarray(own.start, own.start + own.length).every((value) => value === 0)).toBe(true);
    expect(Math.hypot(...canary)).toBeCloseTo(0.7, 4);
    expect(Math.hypot(...part(canary, 4))).toBeGreaterThan(0.99 * 0.7);
    for (const other of [0, 1, 2, 3, 5]) expect(Math.hypot(...part(canary, other))).toBe(0);
  },
);

test('refuses a model that gives more than a list of outputs', async () => {
  const graph = readModel(await exported('logistic'));
  const flat = graph.outputs[0]!.name;
  const deep = {
    ...graph,
    nodes: [
      ...graph.nodes,
      { name: 'deepen', op: 'Unsqueeze', inputs: [flat, 'axes'], outputs: ['deep'], attributes: new Map() },
    ],
    initializers: new Map([
      ...graph.initializers,
      ['axes', { type: 'int64' as const, dims: [1], bytes: new Uint8Array(BigInt64Array.of(2n).buffer) }],
    ]),
    outputs: [{ ...graph.outputs[0]!, name: 'deep' }],
  };
  expect(() => withCanaryHead(deep, 3)).toThrow(expect.objectContaining({ code: 'learning.mismatch' }));
});
