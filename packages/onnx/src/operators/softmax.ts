import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { axisOf } from './axis-of.ts';
import type { Operator, ShapeCall } from './operator.ts';

/** e^x over its sum along one axis (the last by default). Gradient: y · (g − Σ g·y). */
export const softmax: Operator = {
  op: 'Softmax',
  inputs: [1, 1],
  attributes: ['axis'],
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    if (type !== 'float32') throw nodeError(call.node, 'onnx.unsupportedType', `takes float32, not ${type}`);
    softmaxAxis(call);
    return [{ type, dims }];
  },
  batch(call) {
    const { batchAxis } = call.inputs[0]!;
    if (softmaxAxis(call) === batchAxis) throw nodeError(call.node, 'onnx.mixesBatch', 'normalises over the batch');
    return [batchAxis];
  },
  flops: ({ outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    return { forward: 8 * elements, gradients: [4 * elements] };
  },
  vjp: (call) => {
    const { build, outputs, gradients } = call;
    const y = outputs[0]!.name;
    const product = build.emit('Mul', [gradients[0]!, y]);
    const sum = build.emit('ReduceSum', [product, build.ints([softmaxAxis(call)])], { keepdims: 1 });
    return [build.emit('Sub', [product, build.emit('Mul', [y, sum])])];
  },
};

/** The axis that is normalised over, from 0. */
export const softmaxAxis = ({ node, inputs }: ShapeCall): number =>
  axisOf(node, attribute(node, 'axis', 'int') ?? -1, inputs[0]!.dims.length);
