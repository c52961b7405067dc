import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import type { Builder } from '../build/builder.ts';
import { onImages } from './on-images.ts';
import type { Operator } from './operator.ts';
import { addWindowEntries, windowEntries, type Shaped } from './slide.ts';
import { windowAttributes, windowCounts, windowsOf, type WindowAxis } from './windows.ts';

/** The largest entry of each window of [batch, channels, height, width] or [batch, channels, width]. */
export const maxPool: Operator = {
  op: 'MaxPool',
  inputs: [1, 1],
  attributes: [...windowAttributes, 'ceil_mode', 'storage_order'],
  check(node) {
    if ((attribute(node, 'storage_order', 'int') ?? 0) !== 0) {
      throw nodeError(node, 'onnx.unsupportedAttribute', 'storage_order is not supported');
    }
  },
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    if (type !== 'float32') throw nodeError(call.node, 'onnx.unsupportedType', `takes float32, not ${type}`);
    const windows = windowsOf(call);
    return [{ type, dims: [dims[0]!, dims[1]!, ...windowCounts(windows, dims)] }];
  },
  batch: (call) => {
    const { batchAxis } = call.inputs[0]!;
    if (batchAxis! > 1) throw nodeError(call.node, 'onnx.mixesBatch', 'takes the maximum over the batch');
    return [batchAxis];
  },
  flops: (call) => {
    const windows = windowsOf(call);
    const elements = elementCount(call.outputs[0]!.dims);
    const [height, width] = windows;
    return {
      forward: elements * (height.kernel * width.kernel - 1),
      gradients: [3 * elements * (height.kernel + width.kernel)],
    };
  },
  vjp: onImages((call) => {
    const { build, inputs, outputs, gradients } = call;
    const [height, width] = windowsOf(call);
    // The maximum over a rectangle is that over the columns of the maxima over the rows.
    const rows = maxima(build, inputs[0]!, 3, width);
    const columns = maxima(build, rows.at(-1)!, 2, height);
    const byRows = spread(build, { name: gradients[0]!, dims: outputs[0]!.dims }, columns, 2, height);
    return [spread(build, byRows, rows, 3, width).name];
  }),
};

interface Running extends Shaped {
  /** The entry that was compared last. */
  readonly entry: string;
}

/** Running maxima over the places of the windows along one axis; the last one is the maximum. */
function maxima(build: Builder, input: Shaped, axis: number, window: WindowAxis): Running[] {
  const dims = input.dims.with(axis, window.count);
  const running: Running[] = [];
  for (const entry of windowEntries(build, input, axis, window, -Infinity)) {
    const before = running.at(-1);
    running.push({ entry, dims, name: before === undefined ? entry : build.emit('Max', [before.name, entry]) });
  }
  return running;
}

/** The gradient by the input of {@link maxima}: each window's gradient goes to the first of its largest entries. */
function spread(
  build: Builder,
  gradient: Shaped,
  running: readonly Running[],
  axis: number,
  window: WindowAxis,
): Shaped {
  const parts: Shaped[] = [];
  let rest = gradient.name;
  for (let i = running.length - 1; i > 0; i--) {
    const earlier = build.emit('GreaterOrEqual', [running[i - 1]!.name, running[i]!.entry]);
    const passed = build.emit('Mul', [build.emit('Cast', [earlier], { to: 1 }), rest]);
    parts.unshift({ name: build.emit('Sub', [rest, passed]), dims: gradient.dims });
    rest = passed;
  }
  return addWindowEntries(build, [{ name: rest, dims: gradient.dims }, ...parts], axis, window);
}
