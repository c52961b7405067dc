import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { broadcastBatch, broadcastDims, broadcastPerExample, liftBroadcast, sumToShape } from './broadcast.ts';
import { broadcastPlaces, folded } from './fold.ts';
import type { GradientCall, Operator } from './operator.ts';

/** The second input where the first is true, the third elsewhere, with broadcasting. */
export const where: Operator = {
  op: 'Where',
  inputs: [3, 3],
  attributes: [],
  shape(call) {
    const { node, inputs } = call;
    const [condition, yes, no] = [inputs[0]!, inputs[1]!, inputs[2]!];
    if (condition.type !== 'bool' || yes.type !== no.type) {
      const types = inputs.map((input) => input!.type).join(', ');
      throw nodeError(node, 'onnx.unsupportedType', `takes a condition and two values of one type, not ${types}`);
    }
    const dims = broadcastDims(node, condition.dims, broadcastDims(node, yes.dims, no.dims));
    return [
      folded(call, { type: yes.type, dims }, (known) => {
        const [is, whenTrue, whenFalse] = known.map((input) =>
          broadcastPlaces(dims, input!.dims).map((place) => input!.values[place]!),
        );
        return is!.map((value, i) => (value !== 0 ? whenTrue : whenFalse)![i]!);
      }),
    ];
  },
  batch: broadcastBatch,
  flops: ({ outputs }) => {
    const elements = elementCount(outputs[0]!.dims);
    return { forward: elements, gradients: [0, elements, elements] };
  },
  vjp: (call) =>
    call.wants.map((wanted, i) =>
      wanted && i > 0
        ? sumToShape(call.build, local(call, call.gradients[0]!, i), call.outputs[0]!.dims, call.inputs[i]!.dims)
        : undefined,
    ),
  perExample: (call, input) => broadcastPerExample(call, input, () => local(call, call.gradients[0]!, input)),
  lift: liftBroadcast((call, gradients, input) => local(call, gradients, input)),
};

function local({ build, inputs }: GradientCall, gradient: string, input: number): string {
  const [yes, no] = input === 1 ? [gradient, build.scalar(0)] : [build.scalar(0), gradient];
  return build.emit('Where', [inputs[0]!.name, yes, no]);
}
