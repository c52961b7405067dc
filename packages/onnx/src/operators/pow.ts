import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { elementwise } from './elementwise.ts';
import { constantInput } from './constant-input.ts';
import type { Operator } from './operator.ts';

/** x to a constant scalar power p, with derivative p · x^(p − 1). The power itself is never trained. */
export const pow: Operator = {
  ...elementwise({
    op: 'Pow',
    flops: [10, 12],
    gradient: (call, gradient) => {
      const { build, inputs } = call;
      const x = inputs[0]!.name;
      const power = constantInput(call, 1, 'exponent')[0]!;
      const base = power === 2 ? x : build.emit('Pow', [x, build.scalar(power - 1)]);
      return build.emit('Mul', [build.emit('Mul', [gradient, build.scalar(power)]), base]);
    },
  }),
  inputs: [2, 2],
  untrained: [1],
  shape(call) {
    const { node, inputs } = call;
    if (constantInput(call, 1, 'exponent').length !== 1 || inputs[1]!.dims.length > inputs[0]!.dims.length) {
      throw nodeError(
        node,
        'onnx.shape',
        `the exponent has shape [${inputs[1]!.dims.join(', ')}]; one number is supported`,
      );
    }
    if (inputs[0]!.type !== 'float32')
      throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${inputs[0]!.type}`);
    return [{ type: 'float32', dims: inputs[0]!.dims }];
  },
  flops: ({ outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    return { forward: 10 * elements, gradients: [12 * elements] };
  },
};
