import { dataTypes } from '../graph/data-type.ts';
import { nodeError } from '../graph/node-error.ts';
import { elementwise } from './elementwise.ts';
import type { Operator } from './operator.ts';

const base = elementwise({
  op: 'Clip',
  flops: [2, 2],
  // Inside the bounds, and on them as in PyTorch, the output is the input.
  gradient: ({ build, inputs, outputs }, gradient) => {
    const same = build.emit('Equal', [inputs[0]!.name, outputs[0]!.name]);
    return build.emit('Mul', [gradient, build.emit('Cast', [same], { to: dataTypes.float32.code })]);
  },
});

/** x, but no less than the second input and no more than the third; these are numbers that never train. */
export const clip: Operator = {
  ...base,
  inputs: [1, 3],
  untrained: [1, 2],
  shape(call) {
    const { node, inputs } = call;
    for (const bound of inputs.slice(1)) {
      if (
        bound !== undefined &&
        (bound.dims.length > 0 || bound.constant === undefined || bound.type !== inputs[0]!.type)
      )
        throw nodeError(node, 'onnx.shape', `its bound "${bound.name}" must be a constant number of the input's type`);
    }
    return base.shape(call);
  },
};
