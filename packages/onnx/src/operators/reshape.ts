import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import { constantInput } from './constant-input.ts';
import { keepsElements } from './keeps-elements.ts';

/** The same elements in the shape of the second input: 0 keeps an axis (unless `allowzero`), −1 takes what is left. */
export const reshape = keepsElements({
  op: 'Reshape',
  inputs: [2, 2],
  attributes: ['allowzero'],
  shape(call) {
    const { node, inputs } = call;
    const { type, dims, constant } = inputs[0]!;
    const wanted = constantInput(call, 1, 'shape');
    const keepZero = (attribute(node, 'allowzero', 'int') ?? 0) !== 0;
    const to = wanted.map((dim, i) => (dim === 0 && !keepZero ? (dims[i] ?? -2) : dim));
    const open = to.indexOf(-1);
    if (open >= 0) {
      const rest = elementCount(to.filter((_, i) => i !== open));
      to[open] = rest > 0 ? elementCount(dims) / rest : -2;
    }
    if (to.some((dim) => !Number.isSafeInteger(dim) || dim < 0) || elementCount(to) !== elementCount(dims)) {
      throw nodeError(
        node,
        'onnx.shape',
        `can't reshape [${dims.join(', ')}] to [${wanted.join(', ')}]`,
        'If the batch size is written into the model, export it with a dynamic batch axis',
      );
    }
    return [
      {
        type,
        dims: to,
        constant: constant === undefined || type === 'float32' ? undefined : { ...constant, dims: to },
      },
    ];
  },
  // Shapes with zeros and −1 are settled here, so that the compiled graph computes none.
  lower: ({ inputs, outputs }, build) => [
    build.emit('Reshape', [inputs[0]!.name, build.ints(outputs[0]!.dims)], { allowzero: 1 }),
  ],
});
