import { reshapedConstant } from './fold.ts';
import { keepsElements } from './keeps-elements.ts';
import { namedAxes } from './named-axes.ts';
import type { Operator, ShapeCall } from './operator.ts';

const base = keepsElements({
  op: 'Unsqueeze',
  inputs: [2, 2],
  attributes: [],
  shape(call) {
    const { type, constant } = call.inputs[0]!;
    const to = kept(call).map((axis) => (axis === null ? 1 : call.inputs[0]!.dims[axis]!));
    return [{ type, dims: to, constant: reshapedConstant(constant, to) }];
  },
  lower: ({ inputs, outputs }, build) => [build.emit('Reshape', [inputs[0]!.name, build.ints(outputs[0]!.dims)])],
});

/** The same elements with new axes of one entry at the named places. */
export const unsqueeze: Operator = {
  ...base,
  batch: (call) => [kept(call).indexOf(call.inputs[0]!.batchAxis!)],
};

/** For each axis of the output the input's axis, or null where it is new. */
function kept(call: ShapeCall): (number | null)[] {
  const { dims } = call.inputs[0]!;
  const rank = dims.length + (call.inputs[1]?.dims[0] ?? 1);
  const axes = namedAxes(call, 1, rank);
  let next = 0;
  return Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? null : next++));
}
