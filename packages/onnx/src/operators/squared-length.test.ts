import { Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { openModel } from '../../test/run-step.ts';
import { createBuilder } from '../build/builder.ts';
import { finishGraph } from '../build/finish-graph.ts';
import { writeModel } from '../write-model.ts';
import { squaredLengthOfRows } from './squared-length.ts';

async function squaredLengths(rows: number, data: Float32Array): Promise<number[]> {
  const size = data.length / rows;
  const build = createBuilder(['x']);
  const value = squaredLengthOfRows(build, 'x', rows, size);
  const model = finishGraph(build, {
    name: 'squared lengths',
    inputs: [{ name: 'x', type: 'float32', dims: [rows, size] }],
    outputs: [{ name: 'y', type: 'float32', dims: [rows], value }],
  });
  const session = await openModel(writeModel(model));
  const { y } = await session.run({ x: new Tensor('float32', data, [rows, size]) });
  return [...(y!.data as Float32Array)];
}

it('long rows lose nothing behind a large entry', async () => {
  const size = 12_000_007;
  const data = new Float32Array(size).fill(1);
  data[0] = 2 ** 14;
  const [length] = await squaredLengths(1, data);
  expect(length! / (2 ** 28 + size - 1)).toBeCloseTo(1, 5);
});

it.each([1, 3, 1023, 1024, 2048, 2049, 5000])('rows of %d entries are summed apart', async (size) => {
  const data = Float32Array.from({ length: 2 * size }, (_, i) => (i < size ? 2 : 3));
  expect(await squaredLengths(2, data)).toEqual([4 * size, 9 * size]);
});
