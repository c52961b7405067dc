import type { Builder } from '../build/builder.ts';
import { floatTensor } from '../graph/tensor.ts';
import type { WindowAxis } from './windows.ts';

/** What the product of shifted images is made from. */
export interface ShiftedImages {
  readonly build: Builder;
  readonly windows: readonly [WindowAxis, WindowAxis];
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  /** [batch, channels, height, width]. */
  readonly input: string;
  /** Gradient by the output, [batch, outputs, rows, columns]. */
  readonly gradient: string;
}

/** Images written as rows of one length, so that moving one by rows and columns is moving along the row. */
interface Shifts {
  /** Distance of two rows of the image, in the input and in the gradient. */
  readonly pitch: number;
  /** By how much the gradient is late for each row of the kernel, and the input for each of its columns. */
  readonly ofGradient: readonly number[];
  readonly ofInput: readonly number[];
  /** Entries of a row with the latest image in it. */
  readonly length: number;
}

/**
 * Elements that {@link shiftedProducts} writes for one example, and those that its product goes through; undefined where the
 * windows' stride isn't 1.
 */
export function costOfShifts({
  windows,
  channels,
  outputs,
}: Pick<ShiftedImages, 'windows' | 'channels' | 'outputs'>): { written: number; positions: number } | undefined {
  if (windows.some(({ stride }) => stride !== 1)) return undefined;
  const { pitch, length, ofGradient, ofInput } = shiftsOf(windows);
  const images = pitch * (channels * windows[0].size + outputs * windows[0].count);
  return { written: images + length * (channels * ofInput.length + outputs * ofGradient.length), positions: length };
}

/**
 * The gradient by a convolution's weight of each example, for stride 1: [batch, outputs, kernel height, channels, kernel width].
 * {@link inWeightOrder} puts it, or a sum over the batch, in the weight's order.
 *
 * The entry for (row, column) of the kernel is the product of the output's gradient with the input moved by (row, column). So the
 * gradient is moved by rows, the input by columns, and one matrix product has all pairs: kernel height + kernel width copies in
 * place of the kernel height · kernel width that windows written out take.
 */
export function shiftedProducts({ build, windows, batch, channels, outputs, input, gradient }: ShiftedImages): string {
  const [height, width] = windows;
  const { pitch, ofGradient, ofInput, length } = shiftsOf(windows);
  const zeros = (dims: readonly number[]) =>
    build.emit('ConstantOfShape', [build.ints(dims)], { value: { kind: 'tensor', value: floatTensor([1], [0]) } });
  /** [batch, planes · delays, length]: each plane once for each delay, behind so many zeros. */
  const delayed = (image: string, planes: number, [rows, columns]: [number, number], delays: readonly number[]) => {
    const wide =
      columns === pitch
        ? image
        : build.emit('Concat', [image, zeros([batch, planes, rows, pitch - columns])], { axis: 3 });
    const whole = build.emit('Reshape', [wide, build.ints([batch, planes, rows * pitch])]);
    const parts: string[] = [];
    let gap = 0;
    for (const delay of delays) {
      if (gap + delay > 0) parts.push(zeros([batch, planes, gap + delay]));
      parts.push(whole);
      gap = length - delay - rows * pitch;
    }
    if (gap > 0) parts.push(zeros([batch, planes, gap]));
    const joined = parts.length === 1 ? whole : build.emit('Concat', parts, { axis: 2 });
    return build.emit('Reshape', [joined, build.ints([batch, planes * delays.length, length])]);
  };
  const moved = {
    gradient: delayed(gradient, outputs, [height.count, width.count], ofGradient),
    input: delayed(input, channels, [height.size, width.size], ofInput),
  };
  const products = build.emit('MatMul', [moved.gradient, build.emit('Transpose', [moved.input], { perm: [0, 2, 1] })]);
  return build.emit('Reshape', [products, build.ints([batch, outputs, height.kernel, channels, width.kernel])]);
}

/** [rows, outputs, channels, kernel height, kernel width] out of as many rows in the order of {@link shiftedProducts}. */
export function inWeightOrder(
  { build, windows, channels, outputs }: Pick<ShiftedImages, 'build' | 'windows' | 'channels' | 'outputs'>,
  products: string,
): string {
  const [height, width] = windows;
  const apart = build.emit('Reshape', [products, build.ints([-1, outputs, height.kernel, channels, width.kernel])]);
  return build.emit('Transpose', [apart], { perm: [0, 1, 3, 2, 4] });
}

/**
 * With the gradient's entry (y, x) at y · pitch + x and the input's likewise, the kernel's entry (r, c) is the sum over p of
 * gradient[p] · input[p + s], s = (r · dilation − before) · pitch + c · dilation − before. The gap between rows is wide enough that
 * a column beyond the image meets zeros.
 */
function shiftsOf([height, width]: readonly [WindowAxis, WindowAxis]): Shifts {
  const pitch = Math.max(width.size + Math.max(width.before, width.after), width.count);
  const start = height.before * pitch + width.before;
  const least = Math.max(0, (width.kernel - 1) * width.dilation - start);
  const ofGradient = Array.from({ length: height.kernel }, (_, row) => least + row * height.dilation * pitch);
  const ofInput = Array.from({ length: width.kernel }, (_, column) => least + start - column * width.dilation);
  const length = Math.max(ofGradient.at(-1)! + height.count * pitch, ofInput[0]! + height.size * pitch);
  return { pitch, ofGradient, ofInput, length };
}
