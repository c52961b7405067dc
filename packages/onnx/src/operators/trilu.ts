import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { intTensor } from '../graph/tensor.ts';
import { constantInput } from './constant-input.ts';
import type { GradientCall, Operator, ShapeCall } from './operator.ts';

/** The upper (or lower) triangle of the last two axes, from the k-th diagonal on; zeros elsewhere. */
export const trilu: Operator = {
  op: 'Trilu',
  inputs: [1, 2],
  attributes: ['upper'],
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    if (dims.length < 2) throw nodeError(call.node, 'onnx.shape', `takes matrices, not [${dims.join(', ')}]`);
    diagonal(call);
    return [{ type, dims }];
  },
  batch(call) {
    const { batchAxis, dims } = call.inputs[0]!;
    if (batchAxis! >= dims.length - 2) throw nodeError(call.node, 'onnx.mixesBatch', 'treats examples by their place');
    return [batchAxis];
  },
  flops: ({ outputs }) => ({ forward: 0, gradients: [elementCount(outputs[0]!.dims)] }),
  lower: (call, build) => [
    build.emit('Trilu', [call.inputs[0]!.name, ...diagonalInput(call, build)], { upper: upperOf(call) }),
  ],
  vjp: (call) => [triangle(call, call.gradients[0]!)],
  lift: { isometric: false, gradients: triangle },
};

const upperOf = ({ node }: ShapeCall): number => attribute(node, 'upper', 'int') ?? 1;

const diagonal = (call: ShapeCall): number =>
  call.inputs[1] === undefined ? 0 : constantInput(call, 1, 'diagonal')[0]!;

const diagonalInput = (call: ShapeCall, build: GradientCall['build']): string[] =>
  diagonal(call) === 0 ? [] : [build.constant(intTensor([], [diagonal(call)]))];

/** The same triangle of the gradient. */
function triangle(call: GradientCall, gradient: string): string {
  return call.build.emit('Trilu', [gradient, ...diagonalInput(call, call.build)], { upper: upperOf(call) });
}
