import type { Builder } from '../build/builder.ts';
import type { WindowAxis } from './windows.ts';

/** An image whose windows are written out. */
export interface WindowedImages {
  readonly build: Builder;
  readonly windows: readonly [WindowAxis, WindowAxis];
  readonly batch: number;
  readonly channels: number;
  /** [batch, channels, height, width]. */
  readonly input: string;
}

/**
 * Entries that lie side by side in what {@link windowsAsRows} copies: the more, the less it takes an entry.
 */
export const runOfWindows = ({ windows, channels }: Pick<WindowedImages, 'windows' | 'channels'>): number =>
  channels * columnsOfRun(windows[1]);

/**
 * [batch, windows, kernel height · kernel width · channels]: every window as a row, its channels last. With the channels last,
 * neighbours in a window are neighbours in memory, and a window is a few long pieces of the image.
 */
export function windowsAsRows({ build, windows, batch, channels, input }: WindowedImages): string {
  const [height, width] = windows;
  const reach = ({ count, stride, kernel, dilation }: WindowAxis) => (count - 1) * stride + (kernel - 1) * dilation + 1;
  const [rows, columns] = [reach(height), reach(width)];
  const after = [rows - height.size - height.before, columns - width.size - width.before];
  const pads = [height.before, width.before, ...after];
  const padded = () => build.emit('Pad', [input, build.ints([0, 0, pads[0]!, pads[1]!, 0, 0, ...after])]);
  const cut = () => build.emit('Slice', [input, build.ints([0, 0]), build.ints([rows, columns]), build.ints([2, 3])]);
  const seen = pads.every((pad) => pad === 0) ? input : pads.some((pad) => pad > 0) ? padded() : cut();
  const run = columnsOfRun(width);
  const runs = build.emit('Reshape', [
    build.emit('Transpose', [seen], { perm: [0, 2, 3, 1] }),
    build.ints([batch, (rows * columns) / run, run * channels]),
  ]);
  const places: number[] = [];
  for (let row = 0; row < height.count; row++)
    for (let column = 0; column < width.count; column++)
      for (let y = 0; y < height.kernel; y++)
        for (let x = 0; x < width.kernel; x += run) {
          const start = (row * height.stride + y * height.dilation) * columns;
          places.push((start + column * width.stride + x * width.dilation) / run);
        }
  return build.emit('Reshape', [
    build.emit('Gather', [runs, build.ints(places)], { axis: 1 }),
    build.ints([batch, height.count * width.count, height.kernel * width.kernel * channels]),
  ]);
}

/** Columns that are in every window together or not at all: the stride, where the kernel is a multiple of it. */
const columnsOfRun = ({ stride, kernel, dilation }: WindowAxis): number =>
  dilation === 1 && kernel % stride === 0 ? stride : 1;
