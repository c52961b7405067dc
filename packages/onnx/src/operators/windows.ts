import { attribute } from '../graph/attributes.ts';
import { nodeError } from '../graph/node-error.ts';
import type { ShapeCall } from './operator.ts';

/** How windows move along one spatial axis. */
export interface WindowAxis {
  /** Entries of the input along the axis. */
  readonly size: number;
  /** Windows along the axis. */
  readonly count: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Entries of padding before the input, and after it. */
  readonly before: number;
  readonly after: number;
}

/** The attributes that {@link windowsOf} reads. */
export const windowAttributes = ['auto_pad', 'dilations', 'kernel_shape', 'pads', 'strides'] as const;

/** The windows of a signal's missing height: one window of one entry. */
const flat: WindowAxis = { size: 1, count: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0 };

/**
 * The windows of a convolution or pooling over [batch, channels, height, width] or [batch, channels, width]: one entry for
 * height, one for width. A signal is an image of height 1.
 *
 * @throws `onnx.shape` for other ranks and for windows that don't fit, `onnx.malformed`, `onnx.unsupportedAttribute`
 */
export function windowsOf(
  { node, inputs }: ShapeCall,
  weightKernel?: readonly number[],
): readonly [WindowAxis, WindowAxis] {
  const { dims } = inputs[0]!;
  if (dims.length !== 3 && dims.length !== 4) {
    const reason = `takes [batch, channels, height, width] or [batch, channels, width], not [${dims.join(', ')}]`;
    throw nodeError(node, 'onnx.shape', reason);
  }
  const rank = dims.length - 2;
  const repeated = (value: number) => Array.from({ length: rank }, () => value);
  const list = (name: string, length: number, least: number): readonly number[] | undefined => {
    const values = attribute(node, name, 'ints');
    if (
      values !== undefined &&
      (values.length !== length || values.some((value) => value < least || value > 2 ** 24))
    ) {
      throw nodeError(node, 'onnx.malformed', `attribute "${name}" is [${values.join(', ')}]`);
    }
    return values;
  };
  const kernel = list('kernel_shape', rank, 1) ?? weightKernel;
  if (kernel === undefined) throw nodeError(node, 'onnx.malformed', 'has no kernel_shape');
  if (weightKernel !== undefined && kernel.some((size, i) => size !== weightKernel[i])) {
    throw nodeError(node, 'onnx.shape', `kernel_shape [${kernel.join(', ')}] is not that of its weight`);
  }
  const strides = list('strides', rank, 1) ?? repeated(1);
  const dilations = list('dilations', rank, 1) ?? repeated(1);
  const pads = list('pads', 2 * rank, 0) ?? [...repeated(0), ...repeated(0)];
  const autoPad = attribute(node, 'auto_pad', 'string') ?? 'NOTSET';
  const axis = (i: number): WindowAxis => {
    const [size, k, stride, dilation] = [dims[2 + i]!, kernel[i]!, strides[i]!, dilations[i]!];
    const reach = (k - 1) * dilation + 1;
    let [before, after] = [pads[i]!, pads[rank + i]!];
    if (autoPad === 'VALID') [before, after] = [0, 0];
    else if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
      const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
      const less = Math.floor(total / 2);
      [before, after] = autoPad === 'SAME_UPPER' ? [less, total - less] : [total - less, less];
    } else if (autoPad !== 'NOTSET')
      throw nodeError(node, 'onnx.unsupportedAttribute', `auto_pad "${autoPad}" is not known`);
    const room = size + before + after - reach;
    if (room < 0) throw nodeError(node, 'onnx.shape', `a window of ${reach} doesn't fit in ${size + before + after}`);
    if ((attribute(node, 'ceil_mode', 'int') ?? 0) !== 0 && room % stride !== 0) {
      throw nodeError(
        node,
        'onnx.unsupportedAttribute',
        'ceil_mode with a last window that is not whole is not supported',
      );
    }
    return { size, count: Math.floor(room / stride) + 1, kernel: k, stride, dilation, before, after };
  };
  return rank === 1 ? [flat, axis(0)] : [axis(0), axis(1)];
}

/** The sizes that windows leave of the axes after the channels, for a shape of as many axes as `dims`. */
export const windowCounts = (windows: readonly WindowAxis[], dims: readonly number[]): number[] =>
  windows.slice(4 - dims.length).map(({ count }) => count);
