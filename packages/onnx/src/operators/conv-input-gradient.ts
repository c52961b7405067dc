import { attribute } from '../graph/attributes.ts';
import type { GradientCall } from './operator.ts';
import { windowsOf } from './windows.ts';

/**
 * The gradient by a convolution's input: the transposed convolution of the output's gradient.
 *
 * With stride 1 it is itself a convolution with the turned weight, which runtimes do fastest.
 */
export function convInputGradient(call: GradientCall): string {
  const { build, gradients, inputs } = call;
  const weight = inputs[1]!;
  const windows = windowsOf(call, weight.dims.slice(2));
  const group = attribute(call.node, 'group', 'int') ?? 1;
  /** Inputs and outputs of each group exchanged. */
  const swapped = (name: string): string => {
    const [outputs, channels, ...kernel] = weight.dims as [number, number, ...number[]];
    if (group === 1) return build.emit('Transpose', [name], { perm: [1, 0, 2, 3] });
    const grouped = build.emit('Reshape', [name, build.ints([group, outputs / group, channels, ...kernel])]);
    const turned = build.emit('Transpose', [grouped], { perm: [0, 2, 1, 3, 4] });
    return build.emit('Reshape', [turned, build.ints([group * channels, outputs / group, ...kernel])]);
  };
  const kernel_shape = windows.map(({ kernel }) => kernel);
  const dilations = windows.map(({ dilation }) => dilation);
  const full = windows.map(({ kernel, dilation }) => (kernel - 1) * dilation);
  const pads = [
    ...windows.map(({ before }, i) => full[i]! - before),
    ...windows.map(({ after }, i) => full[i]! - after),
  ];
  if (windows.every(({ stride }) => stride === 1) && pads.every((pad) => pad >= 0)) {
    const ends = build.ints([-(2 ** 31), -(2 ** 31)]);
    const turned = build.emit('Slice', [
      weight.name,
      build.ints([-1, -1]),
      ends,
      build.ints([2, 3]),
      build.ints([-1, -1]),
    ]);
    return build.emit('Conv', [gradients[0]!, swapped(turned)], { group, kernel_shape, dilations, pads });
  }
  return build.emit('ConvTranspose', [gradients[0]!, weight.name], {
    group,
    kernel_shape,
    dilations,
    strides: windows.map(({ stride }) => stride),
    pads: [...windows.map(({ before }) => before), ...windows.map(({ after }) => after)],
    // Entries at the end that no window reached.
    output_padding: windows.map(
      ({ size, before, after, count, stride }, i) => size + before + after - full[i]! - 1 - (count - 1) * stride,
    ),
  });
}
