import { attribute } from '../graph/attributes.ts';
import { nodeError } from '../graph/node-error.ts';
import { namedAxes } from './named-axes.ts';
import { constantInput } from './constant-input.ts';
import type { GradientCall, Operator, ShapeCall } from './operator.ts';

/** More entries before and after those of each axis, all of one constant (0 by default). */
export const pad: Operator = {
  op: 'Pad',
  inputs: [2, 4],
  untrained: [2],
  attributes: ['mode'],
  check(node) {
    const mode = attribute(node, 'mode', 'string') ?? 'constant';
    if (mode !== 'constant')
      throw nodeError(node, 'onnx.unsupportedAttribute', `mode "${mode}" is not supported`, 'Pad with zeros');
  },
  shape(call) {
    const { node, inputs } = call;
    const { type, dims } = inputs[0]!;
    if (type !== 'float32') throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${type}`);
    const fill = inputs[2];
    if (fill !== undefined && (fill.constant === undefined || fill.type !== type || fill.dims.some((dim) => dim !== 1)))
      throw nodeError(node, 'onnx.shape', `its filling "${fill.name}" must be a constant number`);
    const pads = padsOf(call);
    return [{ type, dims: dims.map((dim, axis) => pads.before[axis]! + dim + pads.after[axis]!) }];
  },
  batch(call) {
    const batchAxis = call.inputs[0]!.batchAxis!;
    const { before, after } = padsOf(call);
    if (before[batchAxis] !== 0 || after[batchAxis] !== 0)
      throw nodeError(call.node, 'onnx.mixesBatch', 'puts entries before or after the examples');
    return [batchAxis];
  },
  flops: () => ({ forward: 0, gradients: [] }),
  lower: (call, build) => {
    const { before, after } = padsOf(call);
    const fill = call.inputs[2] === undefined ? [] : [call.inputs[2].name];
    return [build.emit('Pad', [call.inputs[0]!.name, build.ints([...before, ...after]), ...fill])];
  },
  vjp: (call) => [inside(call, call.gradients[0]!, 0)],
  lift: { isometric: false, gradients: (call, gradients) => inside(call, gradients, 1) },
};

/** The entries that were there before; `lead` axes come before those of the input. */
function inside(call: GradientCall, value: string, lead: number): string {
  const { build } = call;
  const { before } = padsOf(call);
  const { dims } = call.inputs[0]!;
  return build.emit('Slice', [
    value,
    build.ints(before),
    build.ints(before.map((start, axis) => start + dims[axis]!)),
    build.ints(before.map((_, axis) => axis + lead)),
  ]);
}

function padsOf(call: ShapeCall): { before: number[]; after: number[] } {
  const { node, inputs } = call;
  const rank = inputs[0]!.dims.length;
  const given = constantInput(call, 1, 'pads');
  const axes = inputs[3] === undefined ? inputs[0]!.dims.map((_, i) => i) : namedAxes(call, 3, rank);
  const inOrder = inputs[3] === undefined || axes.length < 2 || isAscending(constantInput(call, 3, 'axes'), rank);
  if (given.length !== 2 * axes.length || given.some((size) => size < 0 || size > 2 ** 24) || !inOrder) {
    throw nodeError(node, 'onnx.shape', `can't pad ${axes.length} axes by [${given.join(', ')}]`);
  }
  const before = inputs[0]!.dims.map(() => 0);
  const after = before.slice();
  axes.forEach((axis, i) => {
    before[axis] = given[i]!;
    after[axis] = given[axes.length + i]!;
  });
  return { before, after };
}

const isAscending = (axes: readonly number[], rank: number): boolean =>
  axes.every((axis, i) => i === 0 || (axis + rank) % rank > (axes[i - 1]! + rank) % rank);
