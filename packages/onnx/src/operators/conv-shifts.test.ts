import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../test/run-step.ts';
import { createBuilder } from '../build/builder.ts';
import { finishGraph } from '../build/finish-graph.ts';
import { writeModel } from '../write-model.ts';
import { costOfShifts, inWeightOrder, shiftedProducts } from './conv-shifts.ts';
import type { WindowAxis } from './windows.ts';

const axis = (size: number, kernel: number, dilation: number, before: number, after: number): WindowAxis => ({
  ...{ size, kernel, dilation, before, after, stride: 1 },
  count: size + before + after - (kernel - 1) * dilation,
});

/** Whole numbers from −3 to 3, so that sums are exact. */
const numbers = (length: number, seed: number) => Float32Array.from({ length }, (_, i) => ((i * 7 + seed * 5) % 7) - 3);

/** The sum over windows of what they see, times the gradient of what they give: the definition. */
function expected(
  x: Float32Array,
  g: Float32Array,
  [height, width]: readonly [WindowAxis, WindowAxis],
  { batch, channels, outputs }: { batch: number; channels: number; outputs: number },
): number[] {
  const result: number[] = [];
  const seen = (plane: number, row: number, column: number): number =>
    row < 0 || row >= height.size || column < 0 || column >= width.size
      ? 0
      : x[(plane * height.size + row) * width.size + column]!;
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outputs; o++)
      for (let c = 0; c < channels; c++)
        for (let r = 0; r < height.kernel; r++)
          for (let k = 0; k < width.kernel; k++) {
            let sum = 0;
            for (let i = 0; i < height.count; i++)
              for (let j = 0; j < width.count; j++)
                sum +=
                  g[((b * outputs + o) * height.count + i) * width.count + j]! *
                  seen(
                    b * channels + c,
                    i + r * height.dilation - height.before,
                    j + k * width.dilation - width.before,
                  );
            result.push(sum);
          }
  return result;
}

describe('shiftedProducts', () => {
  it.each([
    ['the usual padding', axis(5, 3, 1, 1, 1), axis(4, 3, 1, 1, 1)],
    ['no padding', axis(5, 3, 1, 0, 0), axis(6, 2, 1, 0, 0)],
    ['padding on one side', axis(4, 2, 1, 1, 0), axis(5, 4, 1, 0, 3)],
    ['dilation', axis(7, 3, 2, 2, 1), axis(6, 2, 3, 0, 2)],
    ['more padding than the kernel needs', axis(3, 2, 1, 2, 3), axis(2, 2, 1, 3, 3)],
    ['one entry', axis(3, 1, 1, 0, 0), axis(4, 1, 1, 0, 0)],
    ['a signal', axis(1, 1, 1, 0, 0), axis(9, 4, 1, 2, 1)],
    ['a column', axis(6, 3, 1, 1, 1), axis(1, 1, 1, 0, 0)],
  ])('is the sum over windows with %s', async (_, ...windows) => {
    const sizes = { batch: 2, channels: 3, outputs: 2 };
    const build = createBuilder(['x', 'g']);
    const layer = { build, windows, ...sizes, input: 'x', gradient: 'g' };
    const value = inWeightOrder(layer, shiftedProducts(layer));
    const [height, width] = windows;
    const dims = {
      x: [2, 3, height.size, width.size],
      g: [2, 2, height.count, width.count],
      y: [2, 2, 3, height.kernel, width.kernel],
    };
    const input = (name: 'x' | 'g') => ({ name, type: 'float32' as const, dims: dims[name] });
    const graph = finishGraph(build, {
      name: 'shifts',
      inputs: [input('x'), input('g')],
      outputs: [{ name: 'y', type: 'float32', dims: dims.y, value }],
    });
    const session = await openModel(writeModel(graph));
    const length = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1);
    const [x, g] = [numbers(length(dims.x), 1), numbers(length(dims.g), 2)];
    const { y } = await session.run({ x: new Tensor('float32', x, dims.x), g: new Tensor('float32', g, dims.g) });
    expect(y!.dims).toEqual(dims.y);
    expect([...(y!.data as Float32Array)]).toEqual(expected(x, g, windows, sizes));
  });

  it('is for stride 1', () => {
    const strided = { ...axis(6, 2, 1, 0, 0), stride: 2, count: 3 };
    expect(costOfShifts({ windows: [axis(6, 2, 1, 0, 0), strided], channels: 1, outputs: 1 })).toBeUndefined();
  });
});
