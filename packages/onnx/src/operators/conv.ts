import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { convInputGradient } from './conv-input-gradient.ts';
import { convWeightGradient, convWeightRule } from './conv-weight-gradient.ts';
import type { GradientCall, Operator } from './operator.ts';
import { asImages, onImages } from './on-images.ts';
import { windowAttributes, windowCounts, windowsOf } from './windows.ts';

/**
 * Convolution of [batch, channels, height, width] with a weight [outputs, channels of a group, kernel height, kernel width], or
 * of signals [batch, channels, width] with one axis less.
 */
export const conv: Operator = {
  op: 'Conv',
  inputs: [2, 3],
  attributes: [...windowAttributes, 'group'],
  shape(call) {
    const { node, inputs } = call;
    const [x, w, bias] = [inputs[0]!, inputs[1]!, inputs[2]];
    for (const input of inputs) {
      if (input !== undefined && input.type !== 'float32')
        throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${input.type}`);
    }
    if (w.dims.length !== x.dims.length) {
      const reason = `has a weight of shape [${w.dims.join(', ')}] for an input of shape [${x.dims.join(', ')}]`;
      throw nodeError(node, 'onnx.shape', reason);
    }
    const windows = windowsOf(call, w.dims.slice(2));
    const group = attribute(node, 'group', 'int') ?? 1;
    if (group < 1 || x.dims[1] !== w.dims[1]! * group || w.dims[0]! % group !== 0) {
      const groups = group === 1 ? '' : ` in ${group} groups`;
      const reason = `has ${x.dims[1]} channels in its input and ${w.dims[1]} in its weight${groups}`;
      throw nodeError(node, 'onnx.shape', reason);
    }
    if (bias !== undefined && (bias.dims.length !== 1 || bias.dims[0] !== w.dims[0])) {
      throw nodeError(node, 'onnx.shape', `has a bias of shape [${bias.dims.join(', ')}] for ${w.dims[0]} outputs`);
    }
    return [{ type: 'float32', dims: [x.dims[0]!, w.dims[0]!, ...windowCounts(windows, x.dims)] }];
  },
  batch({ node, inputs }) {
    const [x, ...parameters] = inputs;
    if (x?.batchAxis !== 0 || parameters.some((input) => input !== undefined && input.batchAxis !== null)) {
      throw nodeError(node, 'onnx.mixesBatch', 'takes the batch as another axis than the first of its first input');
    }
    return [0];
  },
  flops({ inputs, outputs }) {
    const product = 2 * elementCount(outputs[0]!.dims) * elementCount(inputs[1]!.dims.slice(1));
    const bias = inputs[2] === undefined ? 0 : elementCount(outputs[0]!.dims);
    return { forward: product + bias, gradients: [product, product, bias] };
  },
  vjp: onImages((call) => {
    const { build, wants } = call;
    return [
      wants[0] ? convInputGradient(call) : undefined,
      wants[1] ? convWeightGradient(call) : undefined,
      wants[2] ? build.emit('ReduceSum', [biasGradients(call), build.ints([0])], { keepdims: 0 }) : undefined,
    ];
  }),
  perExample: (call, input) =>
    input === 1
      ? convWeightRule(asImages(call))
      : {
          materialise: {
            flops: elementCount(call.outputs[0]!.dims),
            moved: elementCount(call.outputs[0]!.dims),
            gradients: () => biasGradients(asImages(call)),
          },
        },
};

/** [batch, outputs] */
const biasGradients = ({ build, gradients }: GradientCall): string =>
  build.emit('ReduceSum', [gradients[0]!, build.ints([2, 3])], { keepdims: 0 });
