import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { floatTensor, intTensor, tensorValues } from '../graph/tensor.ts';
import type { Builder } from '../build/builder.ts';
import { axisOf } from './axis-of.ts';
import { place } from './cut.ts';
import { embeddingRule, embeddingSum, type Embedding } from './embedding.ts';
import { folded, indicesOf, placeAt } from './fold.ts';
import type { Call, GradientCall, Operator, ShapeCall } from './operator.ts';

/**
 * Entries of one axis of the first input at the places that the second names: rows of an embedding by token, or fixed entries
 * of each example.
 *
 * A token out of range reads the nearest row there is; otherwise an example that holds one would stop the step, and with it
 * show itself.
 */
export const gather: Operator = {
  op: 'Gather',
  inputs: [2, 2],
  attributes: ['axis'],
  untrained: [1],
  shape(call) {
    const { node, inputs } = call;
    const [data, indices] = [inputs[0]!, inputs[1]!];
    if (indices.type !== 'int64' && indices.type !== 'int32')
      throw nodeError(node, 'onnx.unsupportedType', `takes whole numbers as places, not ${indices.type}`);
    const axis = gatherAxis(call);
    const size = data.dims[axis]!;
    const fixed = indices.constant === undefined ? [] : tensorValues(indices.constant);
    const outside = fixed.find((place) => place < -size || place >= size);
    if (outside !== undefined) throw nodeError(node, 'onnx.shape', `takes entry ${outside} of ${size}`);
    const dims = [...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)];
    return [
      folded(call, { type: data.type, dims }, ([x, places]) =>
        indicesOf(dims).map((index) => {
          const inner = axis + indices.dims.length;
          const at = places!.values[placeAt(index.slice(axis, inner), indices.dims)]!;
          return x!.values[placeAt([...index.slice(0, axis), (at + size) % size, ...index.slice(inner)], data.dims)]!;
        }),
      ),
    ];
  },
  batch(call) {
    const { node, inputs } = call;
    const [data, indices] = [inputs[0]!, inputs[1]!];
    const axis = gatherAxis(call);
    if (data.batchAxis === null) return [axis + indices.batchAxis!];
    if (indices.batchAxis !== null)
      throw nodeError(node, 'onnx.mixesBatch', 'looks up what one example names in every other example');
    if (data.batchAxis === axis) throw nodeError(node, 'onnx.mixesBatch', 'picks examples of the batch');
    return [data.batchAxis < axis ? data.batchAxis : data.batchAxis + indices.dims.length - 1];
  },
  flops: ({ outputs }) => ({ forward: 0, gradients: [elementCount(outputs[0]!.dims)] }),
  lower: (call, build) => [
    build.emit('Gather', [call.inputs[0]!.name, safeIndices(call, build)], { axis: gatherAxis(call) }),
  ],
  vjp: (call) => {
    if (call.inputs[1]!.constant !== undefined) return [scattered(call, call.gradients[0]!, call.outputs[0]!.dims, 0)];
    if (call.inputs[0]!.batchAxis !== null) throw withoutGradient(call);
    return [embeddingSum(call.build, embeddingOf(call))];
  },
  perExample: (call, input) => {
    if (input !== 0) throw withoutGradient(call);
    return embeddingRule(call.build, embeddingOf(call));
  },
  lift: {
    isometric: false,
    gradients: (call, gradients, { batch }) => {
      if (call.inputs[1]!.constant === undefined) throw withoutGradient(call);
      return scattered(call, gradients, [batch, ...call.outputs[0]!.dims], 1);
    },
  },
};

const gatherAxis = ({ node, inputs }: ShapeCall): number =>
  axisOf(node, attribute(node, 'axis', 'int') ?? 0, inputs[0]!.dims.length);

const withoutGradient = ({ node }: ShapeCall) =>
  nodeError(node, 'onnx.notDifferentiable', 'has a gradient by a table of rows (axis 0), or at fixed places');

/** int64 places from 0, none out of range. */
function safeIndices(call: Call, build: Builder): string {
  const [data, indices] = [call.inputs[0]!, call.inputs[1]!];
  const size = data.dims[gatherAxis(call)]!;
  const bound = (value: number) => build.constant(intTensor([], [value]));
  if (indices.constant !== undefined) {
    const places = tensorValues(indices.constant).map((place) => (place + size) % size);
    return build.constant(intTensor(indices.dims, places));
  }
  const whole = indices.type === 'int64' ? indices.name : build.emit('Cast', [indices.name], { to: 7 });
  const limited = build.emit('Clip', [whole, bound(-size), bound(size - 1)]);
  const turned = build.emit('Add', [limited, bound(size)]);
  return build.emit('Where', [build.emit('Less', [limited, bound(0)]), turned, limited]);
}

function embeddingOf(call: GradientCall): Embedding {
  const { build, inputs, outputs, gradients } = call;
  const [table, indices] = [inputs[0]!, inputs[1]!];
  const axis = indices.batchAxis!;
  if (gatherAxis(call) !== 0 || axis === null) throw withoutGradient(call);
  const batch = indices.dims[axis]!;
  const positions = elementCount(indices.dims) / batch;
  const width = elementCount(table.dims) / table.dims[0]!;
  const first = (name: string, dims: readonly number[], to: readonly number[]) => {
    const perm = [axis, ...dims.map((_, i) => i).filter((i) => i !== axis)];
    const moved = axis === 0 ? name : build.emit('Transpose', [name], { perm });
    return build.emit('Reshape', [moved, build.ints(to)]);
  };
  return {
    batch,
    positions,
    width,
    table: table.dims,
    tokens: first(safeIndices(call, build), indices.dims, [batch, positions]),
    gradient: first(gradients[0]!, outputs[0]!.dims, [batch, positions, width]),
  };
}

/** The value at the fixed places that were read, added where a place was read twice; `lead` axes come before. */
function scattered(call: GradientCall, value: string, dims: readonly number[], lead: number): string {
  const { build } = call;
  const [data, indices] = [call.inputs[0]!, call.inputs[1]!];
  const axis = gatherAxis(call);
  const size = data.dims[axis]!;
  const places = tensorValues(indices.constant!).map((at) => (at + size) % size);
  const flat = [...dims.slice(0, axis + lead), places.length, ...data.dims.slice(axis + 1)];
  const joined = build.emit('Reshape', [value, build.ints(flat)]);
  if (places.every((at, i) => at === places[0]! + i)) {
    const range = { axis: axis + lead, start: places[0]!, end: places[0]! + places.length };
    return place(build, joined, flat, range, size);
  }
  // One-hot rows, so that a product over the axis puts each entry where it came from.
  const onehot = floatTensor(
    [size, places.length],
    Array.from({ length: size * places.length }, (_, i) =>
      Number(places[i % places.length] === Math.floor(i / places.length)),
    ),
  );
  const before = elementCount(flat.slice(0, axis + lead));
  const rows = build.emit('Reshape', [joined, build.ints([before, places.length, -1])]);
  const product = build.emit('MatMul', [build.constant(onehot), rows]);
  return build.emit('Reshape', [product, build.ints(flat.with(axis + lead, size))]);
}
