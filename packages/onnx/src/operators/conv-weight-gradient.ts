import type { Builder } from '../build/builder.ts';
import { MATERIALISED_BYTES } from '../choose-rule.ts';
import { floatTensor } from '../graph/tensor.ts';
import { attribute } from '../graph/attributes.ts';
import { costOfShifts, inWeightOrder, shiftedProducts } from './conv-shifts.ts';
import { runOfWindows, windowsAsRows } from './conv-columns.ts';
import { matrixProductRule } from './matrix-product.ts';
import type { GradientCall, PerExampleRule } from './operator.ts';
import { windowsOf, type WindowAxis } from './windows.ts';

/** Above this, the windows of a batch, or its shifted images, are not written out all at once. */
const UNFOLDED_BYTES = 256 * 2 ** 20;

/** Sizes and names that the rules for a convolution's weight share. */
interface Layer {
  readonly build: Builder;
  readonly windows: readonly [WindowAxis, WindowAxis];
  readonly batch: number;
  readonly channels: number;
  readonly outputs: number;
  readonly groups: number;
  /** Windows of one example and channel. */
  readonly positions: number;
  /** Entries of one window over the channels of one group. */
  readonly inner: number;
  readonly input: string;
  /** Gradient by the output, [batch, outputs, rows, columns]. */
  readonly gradient: string;
}

/**
 * Per-example rule of a convolution's weight.
 *
 * The windows of one example, written out as columns, make the convolution a dense layer used at several positions; with groups,
 * one such layer a group, whose squared norms add up to the weight's.
 */
export function convWeightRule(call: GradientCall): PerExampleRule {
  const layer = layerOf(call);
  const { build, batch, positions, inner, outputs, groups } = layer;
  const outer = outputs / groups;
  const rows = (name: string, width: number) => {
    const columns = build.emit('Reshape', [name, build.ints([batch * groups, width, positions])]);
    return positions === 1
      ? build.emit('Reshape', [columns, build.ints([batch * groups, width])])
      : build.emit('Transpose', [columns], { perm: [0, 2, 1] });
  };
  const rule = (activations: string, gradient: string) =>
    matrixProductRule(build, {
      batch: batch * groups,
      positions,
      inner,
      outer,
      transposed: true,
      activations,
      gradient,
    });
  const { ghost, materialise } = rule('', '');
  const normsOfGroups = () => rule(rows(unfold(layer), inner), rows(layer.gradient, outer)).ghost!.squaredNorms();
  const shuffled = shuffledGradients(layer);
  return {
    ...(ghost !== undefined && fits(layer)
      ? {
          ghost: {
            ...ghost,
            // For the sum, the windows are written out again from inputs without bad examples.
            moved: ghost.moved + batch * groups * positions * inner,
            squaredNorms: () => {
              const norms = normsOfGroups();
              if (groups === 1) return norms;
              const byExample = build.emit('Reshape', [norms, build.ints([batch, groups])]);
              return build.emit('ReduceSum', [byExample, build.ints([1])], { keepdims: 0 });
            },
          },
        }
      : {}),
    materialise: {
      flops: materialise.flops,
      moved: materialise.moved + (groups === 1 || layer.channels === groups ? 0 : batch * groups * inner * positions),
      gradients: () =>
        build.emit('Reshape', [perExampleGradients(layer), build.ints([batch, ...call.inputs[1]!.dims])]),
      ...(shuffled === undefined ? {} : { shuffled }),
    },
  };
}

/** The gradient by a convolution's weight, summed over the batch, in the weight's shape. */
export function convWeightGradient(call: GradientCall): string {
  const layer = layerOf(call);
  const { build, batch, positions, inner, outputs, groups } = layer;
  const dims = build.ints(call.inputs[1]!.dims);
  if (layer.channels === 1 && groups === 1) return build.emit('Reshape', [correlate(layer, 'batch as channels'), dims]);
  // Either sum per-example gradients, or bring all windows of the batch into one matrix a group: whichever moves less memory.
  const gradientsPay =
    outputs * inner <= 2 * positions * (groups * inner + outputs) && bytesOfGradients(layer) <= MATERIALISED_BYTES;
  if (!fits(layer) || gradientsPay) {
    const shuffled = shuffledGradients(layer);
    const gradients = shuffled?.gradients() ?? perExampleGradients(layer);
    const rows = build.emit('Reshape', [gradients, build.ints([batch, outputs * inner])]);
    const ones = build.constant(floatTensor([1, batch], new Float32Array(batch).fill(1)));
    const sum = build.emit('MatMul', [ones, rows]);
    return build.emit('Reshape', [shuffled?.ordered(sum) ?? sum, dims]);
  }
  if (groups > 1) return build.emit('Reshape', [productsOfGroups(layer), dims]);
  const flat = (name: string, width: number) => {
    const split = build.emit('Reshape', [name, build.ints([batch, width, positions])]);
    return build.emit('Reshape', [
      build.emit('Transpose', [split], { perm: [0, 2, 1] }),
      build.ints([batch * positions, width]),
    ]);
  };
  const product = build.emit('Gemm', [flat(layer.gradient, outputs), flat(unfold(layer), inner)], { transA: 1 });
  return build.emit('Reshape', [product, dims]);
}

/** [groups, outputs of a group, inner]: for each group, one product over all windows of the batch. */
function productsOfGroups(layer: Layer): string {
  const { build, batch, positions, inner, outputs, groups } = layer;
  const byGroup = (name: string, width: number, perm: readonly number[], dims: readonly number[]) => {
    const split = build.emit('Reshape', [name, build.ints([batch, groups, width, positions])]);
    return build.emit('Reshape', [build.emit('Transpose', [split], { perm }), build.ints(dims)]);
  };
  const outer = outputs / groups;
  return build.emit('MatMul', [
    byGroup(layer.gradient, outer, [1, 2, 0, 3], [groups, outer, batch * positions]),
    byGroup(unfold(layer), inner, [1, 0, 3, 2], [groups, batch * positions, inner]),
  ]);
}

function layerOf(call: GradientCall): Layer {
  const { build, inputs, outputs, gradients } = call;
  const [x, w] = [inputs[0]!, inputs[1]!];
  const windows = windowsOf(call, w.dims.slice(2));
  return {
    build,
    windows,
    batch: x.dims[0]!,
    channels: x.dims[1]!,
    outputs: w.dims[0]!,
    groups: attribute(call.node, 'group', 'int') ?? 1,
    positions: outputs[0]!.dims[2]! * outputs[0]!.dims[3]!,
    inner: w.dims[1]! * windows[0].kernel * windows[1].kernel,
    input: x.name,
    gradient: gradients[0]!,
  };
}

const bytesOfGradients = ({ batch, inner, outputs }: Layer): number => 4 * batch * outputs * inner;

/** Whether the windows of the batch may be written out: where they are small, or no larger than its gradients. */
function fits(layer: Layer): boolean {
  const { batch, inner, positions, groups } = layer;
  return 4 * batch * groups * inner * positions <= Math.max(UNFOLDED_BYTES, bytesOfGradients(layer));
}

/** Whether {@link shiftedProducts} takes less than windows that are written out: measured times, by elements and by products. */
function shiftsPay({ batch, windows, channels, outputs, inner, positions }: Layer): boolean {
  const shifts = costOfShifts({ windows, channels, outputs });
  if (shifts === undefined || 4 * batch * shifts.written > UNFOLDED_BYTES) return false;
  const products = (along: number) => (along * outputs * inner) / 16;
  return 0.4 * shifts.written + products(shifts.positions) < 1.2 * inner * positions + products(positions);
}

/** Entries in a row from which on windows are written out faster as rows than as columns; measured. */
const LONG_RUN = 32;

/** The gradients of the examples by the ways that don't give them in the weight's order, where one of them is the fastest. */
function shuffledGradients(layer: Layer): PerExampleRule['materialise']['shuffled'] {
  const { build, batch, windows, channels, outputs, groups, inner, positions, gradient } = layer;
  // A channel a group has a way of its own.
  if (groups > 1 || channels === 1) return undefined;
  if (shiftsPay(layer)) {
    return { gradients: () => shiftedProducts(layer), ordered: (sum) => inWeightOrder(layer, sum) };
  }
  if (!fits(layer) || inner === channels || runOfWindows(layer) < LONG_RUN) return undefined;
  const byOutput = () => build.emit('Reshape', [gradient, build.ints([batch, outputs, positions])]);
  return {
    gradients: () => build.emit('MatMul', [byOutput(), windowsAsRows(layer)]),
    ordered: (sum) => {
      const kernel = windows.map((window) => window.kernel);
      const apart = build.emit('Reshape', [sum, build.ints([-1, outputs, ...kernel, channels])]);
      return build.emit('Transpose', [apart], { perm: [0, 1, 4, 2, 3] });
    },
  };
}

/** [batch, outputs, inner]: the gradient of each example. */
function perExampleGradients(layer: Layer): string {
  const { build, batch, outputs, positions, inner, channels, groups, gradient } = layer;
  const result = build.ints([batch, outputs, inner]);
  if (channels === groups) return build.emit('Reshape', [correlate(layer, 'examples as groups'), result]);
  const shuffled = shuffledGradients(layer);
  if (shuffled !== undefined) return build.emit('Reshape', [shuffled.ordered(shuffled.gradients()), result]);
  // One axis for example and group; a group's weights are apart from those of the others.
  const rows = build.emit('Reshape', [gradient, build.ints([batch * groups, outputs / groups, positions])]);
  const byColumns = (columns: string, width: number) => {
    const grouped = build.emit('Reshape', [columns, build.ints([batch * groups, width, positions])]);
    return build.emit('MatMul', [rows, build.emit('Transpose', [grouped], { perm: [0, 2, 1] })]);
  };
  if (fits(layer)) return build.emit('Reshape', [byColumns(unfold(layer), inner), result]);
  // Place by place of the window, so that only one place's entries exist at a time.
  const parts = placesOf(layer).map((place) =>
    build.emit('Unsqueeze', [byColumns(place, channels / groups), build.ints([3])]),
  );
  return build.emit('Reshape', [build.emit('Concat', parts, { axis: 3 }), result]);
}

/**
 * [batch, groups · inner, positions]: every window as a column, entries in the weight's order. A convolution of each channel with
 * one-hot kernels does this faster than gathering does.
 */
function unfold({ build, windows, batch, channels, positions, input }: Layer): string {
  const [height, width] = windows;
  const places = height.kernel * width.kernel;
  const inner = channels * places;
  const shape = build.ints([batch, inner, positions]);
  if (places === 1 && windows.every(({ stride, before, after }) => stride === 1 && before === 0 && after === 0)) {
    return build.emit('Reshape', [input, shape]);
  }
  const kernels = Array.from({ length: inner * places }, (_, i) =>
    Math.floor(i / places) % places === i % places ? 1 : 0,
  );
  const picked = build.emit(
    'Conv',
    [input, build.constant(floatTensor([inner, 1, height.kernel, width.kernel], kernels))],
    {
      group: channels,
      kernel_shape: [height.kernel, width.kernel],
      strides: [height.stride, width.stride],
      dilations: [height.dilation, width.dilation],
      pads: [height.before, width.before, height.after, width.after],
    },
  );
  return build.emit('Reshape', [picked, shape]);
}

/** For each place of the window, what all windows see there: [batch, channels, rows, columns]. */
function placesOf({ build, windows, input }: Layer): string[] {
  const [height, width] = windows;
  const padded = build.emit('Pad', [
    input,
    build.ints([0, 0, height.before, width.before, 0, 0, height.after, width.after]),
  ]);
  const places: string[] = [];
  for (let row = 0; row < height.kernel; row++) {
    for (let column = 0; column < width.kernel; column++) {
      const starts = [row * height.dilation, column * width.dilation];
      const ends = windows.map(({ count, stride }, i) => starts[i]! + (count - 1) * stride + 1);
      const steps = windows.map(({ stride }) => stride);
      places.push(
        build.emit('Slice', [padded, build.ints(starts), build.ints(ends), build.ints([2, 3]), build.ints(steps)]),
      );
    }
  }
  return places;
}

/**
 * The weight's gradient as a convolution of the input with the output's gradient as its kernel, stride and dilation
 * exchanged. For one input channel a group: with the batch as channels, summed over the batch, [1, outputs, …kernel]; with each
 * channel of each example as a group of its own, [1, batch · outputs, …kernel].
 */
function correlate(layer: Layer, mode: 'batch as channels' | 'examples as groups'): string {
  const { build, windows, batch, channels, outputs, input, gradient } = layer;
  const [height, width] = windows;
  // Entries behind the last window must not be seen.
  const unused = ({ size, before, after, kernel, dilation, count, stride }: WindowAxis) =>
    size + before + after - ((count - 1) * stride + (kernel - 1) * dilation + 1);
  const ends = windows.map((window) => window.after - unused(window));
  let data = build.emit('Reshape', [input, build.ints([1, batch * channels, height.size, width.size])]);
  if (ends.some((end) => end < 0)) {
    const kept = windows.map(({ size }, i) => size + Math.min(0, ends[i]!));
    data = build.emit('Slice', [data, build.ints([0, 0]), build.ints(kept), build.ints([2, 3])]);
  }
  const grouped = mode === 'examples as groups';
  const kernel = grouped
    ? build.emit('Reshape', [gradient, build.ints([batch * outputs, 1, height.count, width.count])])
    : build.emit('Transpose', [gradient], { perm: [1, 0, 2, 3] });
  return build.emit('Conv', [data, kernel], {
    group: grouped ? batch * channels : 1,
    kernel_shape: [height.count, width.count],
    strides: [height.dilation, width.dilation],
    dilations: [height.stride, width.stride],
    pads: [height.before, width.before, ...ends.map((end) => Math.max(0, end))],
  });
}
