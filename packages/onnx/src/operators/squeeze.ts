import { nodeError } from '../graph/node-error.ts';
import { reshapedConstant } from './fold.ts';
import { keepsElements } from './keeps-elements.ts';
import { namedAxes } from './named-axes.ts';
import type { Operator, ShapeCall } from './operator.ts';

const base = keepsElements({
  op: 'Squeeze',
  inputs: [1, 2],
  attributes: [],
  shape(call) {
    const { node, inputs } = call;
    const { type, dims, constant } = inputs[0]!;
    const axes = axesOf(call);
    const wide = axes.find((axis) => dims[axis] !== 1);
    if (wide !== undefined) throw nodeError(node, 'onnx.shape', `axis ${wide} has ${dims[wide]} entries, not one`);
    const to = dims.filter((_, axis) => !axes.includes(axis));
    return [{ type, dims: to, constant: reshapedConstant(constant, to) }];
  },
  lower: ({ inputs, outputs }, build) => [build.emit('Reshape', [inputs[0]!.name, build.ints(outputs[0]!.dims)])],
});

/** The same elements without the named axes, each of which has one entry. */
export const squeeze: Operator = {
  ...base,
  batch(call) {
    const batchAxis = call.inputs[0]!.batchAxis!;
    const axes = axesOf(call);
    if (axes.includes(batchAxis)) throw nodeError(call.node, 'onnx.mixesBatch', 'removes the batch axis');
    return [batchAxis - axes.filter((axis) => axis < batchAxis).length];
  },
};

function axesOf(call: ShapeCall): number[] {
  if (call.inputs[1] === undefined) {
    // Which axes have one entry would depend on the batch size.
    throw nodeError(call.node, 'onnx.shape', 'names no axes', 'Name the axis that shall go: squeeze(1), not squeeze()');
  }
  return namedAxes(call, 1, call.inputs[0]!.dims.length);
}
