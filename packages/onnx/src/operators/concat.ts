import { attribute } from '../graph/attributes.ts';
import { nodeError } from '../graph/node-error.ts';
import { elementCount } from '../graph/element-count.ts';
import { axisOf } from './axis-of.ts';
import { folded } from './fold.ts';
import type { GradientCall, Operator, ShapeCall } from './operator.ts';
import { cut } from './cut.ts';

/** Tensors one after the other along an axis. */
export const concat: Operator = {
  op: 'Concat',
  inputs: [1, 4096],
  attributes: ['axis'],
  shape(call) {
    const { node, inputs } = call;
    const given = inputs.map((input) => input!);
    const [first] = given as [(typeof given)[0]];
    const axis = concatAxis(call);
    for (const { type, dims, name } of given) {
      if (type !== first.type)
        throw nodeError(node, 'onnx.unsupportedType', `inputs of types ${first.type} and ${type} don't go together`);
      if (dims.length !== first.dims.length || dims.some((dim, i) => i !== axis && dim !== first.dims[i]))
        throw nodeError(
          node,
          'onnx.shape',
          `"${name}" of shape [${dims.join(', ')}] doesn't fit [${first.dims.join(', ')}]`,
        );
    }
    const dims = first.dims.with(
      axis,
      given.reduce((total, input) => total + input.dims[axis]!, 0),
    );
    return [
      folded(call, { type: first.type, dims }, (known) => {
        const inner = elementCount(dims.slice(axis + 1));
        return Array.from({ length: elementCount(dims.slice(0, axis)) }).flatMap((_, row) =>
          known.flatMap((input) => {
            const width = input!.dims[axis]! * inner;
            return input!.values.slice(row * width, (row + 1) * width);
          }),
        );
      }),
    ];
  },
  batch(call) {
    const { node, inputs } = call;
    const axis = concatAxis(call);
    const batched = inputs.find((input) => input!.batchAxis !== null)!;
    if (batched.batchAxis === axis) throw nodeError(node, 'onnx.mixesBatch', 'joins along the batch');
    const odd = inputs.find((input) => input!.batchAxis !== batched.batchAxis);
    if (odd !== undefined) {
      const reason =
        odd.batchAxis === null
          ? `"${odd.name}" has an entry for each place in the batch`
          : `meets the batch on axis ${batched.batchAxis} of one input and axis ${odd.batchAxis} of another`;
      throw nodeError(node, 'onnx.mixesBatch', reason);
    }
    return [batched.batchAxis];
  },
  flops: () => ({ forward: 0, gradients: [] }),
  vjp: (call) => call.wants.map((wanted, i) => (wanted ? partOf(call, call.gradients[0]!, i) : undefined)),
  lift: {
    isometric: false,
    gradients: (call, gradients) => partOf(call, gradients, call.wants.indexOf(true), 1),
  },
};

const concatAxis = ({ node, inputs }: ShapeCall): number => {
  const axis = attribute(node, 'axis', 'int');
  if (axis === undefined) throw nodeError(node, 'onnx.malformed', 'has no axis');
  return axisOf(node, axis, inputs[0]!.dims.length);
};

/** What of a value in the output's shape belongs to input `index`; `lead` axes come before those of the output. */
function partOf(call: GradientCall, value: string, index: number, lead = 0): string {
  const axis = concatAxis(call);
  const sizes = call.inputs.map((input) => input!.dims[axis]!);
  const start = sizes.slice(0, index).reduce((total, size) => total + size, 0);
  return cut(call.build, value, { axis: axis + lead, start, end: start + sizes[index]! });
}
