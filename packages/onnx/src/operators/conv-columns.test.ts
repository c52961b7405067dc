import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../test/run-step.ts';
import { createBuilder } from '../build/builder.ts';
import { finishGraph } from '../build/finish-graph.ts';
import { writeModel } from '../write-model.ts';
import { runOfWindows, windowsAsRows } from './conv-columns.ts';
import type { WindowAxis } from './windows.ts';

type Sizes = Omit<WindowAxis, 'count'>;
const axis = (sizes: Sizes): WindowAxis => {
  const { size, before, after, kernel, dilation, stride } = sizes;
  return { ...sizes, count: Math.floor((size + before + after - (kernel - 1) * dilation - 1) / stride) + 1 };
};
const plain = { dilation: 1, before: 0, after: 0 };

describe('windowsAsRows', () => {
  it.each([
    [
      'a kernel twice the stride, and a column that no window sees',
      axis({ ...plain, size: 7, kernel: 4, stride: 2 }),
      axis({ ...plain, size: 7, kernel: 4, stride: 2 }),
      6,
    ],
    [
      'padding on one side',
      axis({ ...plain, size: 4, kernel: 2, stride: 1, before: 2 }),
      axis({ ...plain, size: 5, kernel: 3, stride: 3, after: 2 }),
      9,
    ],
    [
      'a kernel that is no multiple of the stride',
      axis({ ...plain, size: 6, kernel: 3, stride: 2, before: 1, after: 1 }),
      axis({ ...plain, size: 8, kernel: 3, stride: 2, before: 1, after: 1 }),
      3,
    ],
    [
      'dilation',
      axis({ ...plain, size: 7, kernel: 2, stride: 2, dilation: 3 }),
      axis({ ...plain, size: 9, kernel: 2, stride: 2, dilation: 3, after: 1 }),
      3,
    ],
  ] as const)('%s', async (_, height, width, run) => {
    const [batch, channels] = [2, 3];
    const build = createBuilder(['x']);
    const value = windowsAsRows({ build, windows: [height, width], batch, channels, input: 'x' });
    const dims = [batch, channels, height.size, width.size];
    const shape = [batch, height.count * width.count, height.kernel * width.kernel * channels];
    const graph = finishGraph(build, {
      name: 'windows',
      inputs: [{ name: 'x', type: 'float32', dims }],
      outputs: [{ name: 'y', type: 'float32', dims: shape, value }],
    });
    const session = await openModel(writeModel(graph));
    const length = dims.reduce((product, dim) => product * dim, 1);
    const x = Float32Array.from({ length }, (__, i) => i + 1);
    const { y } = await session.run({ x: new Tensor('float32', x, dims) });
    const expected: number[] = [];
    for (let b = 0; b < batch; b++)
      for (let i = 0; i < height.count; i++)
        for (let j = 0; j < width.count; j++)
          for (let r = 0; r < height.kernel; r++)
            for (let k = 0; k < width.kernel; k++)
              for (let c = 0; c < channels; c++) {
                const row = i * height.stride + r * height.dilation - height.before;
                const column = j * width.stride + k * width.dilation - width.before;
                const inside = row >= 0 && row < height.size && column >= 0 && column < width.size;
                expected.push(inside ? x[((b * channels + c) * height.size + row) * width.size + column]! : 0);
              }
    expect([...(y!.data as Float32Array)]).toEqual(expected);
    expect(runOfWindows({ windows: [height, width], channels })).toBe(run);
  });
});
