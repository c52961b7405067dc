import { nodeError } from '../graph/node-error.ts';
import { axisOf } from './axis-of.ts';
import { constantInput } from './constant-input.ts';
import { folded, indicesOf, placeAt } from './fold.ts';
import type { GradientCall, Operator, ShapeCall } from './operator.ts';
import { addWindowEntries } from './slide.ts';

/** Entries start, start + step, … before end, along some axes. The step is positive, or −1 over a whole constant. */
export const slice: Operator = {
  op: 'Slice',
  inputs: [3, 5],
  attributes: [],
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    const ranges = rangesOf(call);
    const to = dims.map((dim, axis) => ranges.get(axis)?.count ?? dim);
    return [
      folded(call, { type, dims: to }, ([x]) =>
        indicesOf(to).map(
          (index) =>
            x!.values[
              placeAt(
                index.map((i, axis) => (ranges.get(axis)?.start ?? 0) + i * (ranges.get(axis)?.step ?? 1)),
                dims,
              )
            ]!,
        ),
      ),
    ];
  },
  batch(call) {
    const { dims, batchAxis } = call.inputs[0]!;
    const range = rangesOf(call).get(batchAxis!);
    if (range !== undefined && (range.start !== 0 || range.step !== 1 || range.count !== dims[batchAxis!])) {
      throw nodeError(call.node, 'onnx.mixesBatch', 'takes some examples of the batch');
    }
    return [batchAxis];
  },
  flops: () => ({ forward: 0, gradients: [] }),
  lower: (call, build) => {
    const ranges = [...rangesOf(call)];
    const ints = (pick: (range: AxisRange) => number) => build.ints(ranges.map(([, range]) => pick(range)));
    return [
      build.emit('Slice', [
        call.inputs[0]!.name,
        ints(({ start }) => start),
        ints(({ start, step, count }) => start + (count - 1) * step + Math.sign(step)),
        build.ints(ranges.map(([axis]) => axis)),
        ints(({ step }) => step),
      ]),
    ];
  },
  vjp: (call) => [placed(call, call.gradients[0]!, call.outputs[0]!.dims, 0)],
  lift: {
    isometric: true,
    gradients: (call, gradients, { batch }) => placed(call, gradients, [batch, ...call.outputs[0]!.dims], 1),
  },
};

interface AxisRange {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** The value at the entries that were taken, zeros elsewhere; `lead` axes come before those of the input. */
function placed(call: GradientCall, value: string, dims: readonly number[], lead: number): string {
  let result = { name: value, dims };
  for (const [axis, { start, count, step }] of rangesOf(call)) {
    const size = call.inputs[0]!.dims[axis]!;
    if (count === size) continue;
    const window = { size, count, stride: step, kernel: 1, dilation: 1, before: -start, after: 0 };
    result = addWindowEntries(call.build, [result], axis + lead, window);
  }
  return result.name;
}

/** By axis what is taken of it, as ONNX says: negative numbers count from the end, what lies outside is cut. */
function rangesOf(call: ShapeCall): Map<number, AxisRange> {
  const { node, inputs } = call;
  const { dims, type } = inputs[0]!;
  const starts = constantInput(call, 1, 'starts');
  const ends = constantInput(call, 2, 'ends');
  const axes = inputs[3] === undefined ? starts.map((_, i) => i) : constantInput(call, 3, 'axes');
  const steps = inputs[4] === undefined ? starts.map(() => 1) : constantInput(call, 4, 'steps');
  if ([ends, axes, steps].some((list) => list.length !== starts.length)) {
    throw nodeError(node, 'onnx.shape', 'must have as many starts as ends, axes and steps');
  }
  const ranges = new Map<number, AxisRange>();
  axes.forEach((given, i) => {
    const axis = axisOf(node, given, dims.length);
    if (ranges.has(axis)) throw nodeError(node, 'onnx.shape', `names an axis twice: ${axes.join(', ')}`);
    const [size, step] = [dims[axis]!, steps[i]!];
    if (step < (type === 'float32' ? 1 : -1) || step === 0)
      throw nodeError(node, 'onnx.unsupportedAttribute', `a step of ${step} is not supported`);
    const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
    const within = (place: number, low: number) => Math.max(low, Math.min(most, place < 0 ? place + size : place));
    const start = within(starts[i]!, 0);
    const end = within(ends[i]!, least);
    const count = Math.max(0, Math.ceil((end - start) / step));
    ranges.set(axis, { start, count, step });
  });
  return ranges;
}
