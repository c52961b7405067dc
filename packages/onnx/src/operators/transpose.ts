import { attribute } from '../graph/attributes.ts';
import { nodeError } from '../graph/node-error.ts';
import { folded, indicesOf, placeAt } from './fold.ts';
import type { MatrixProduct } from './matrix-product.ts';
import type { Operator, ShapeCall } from './operator.ts';

/** Axes in another order (by default reversed). */
export const transpose: Operator = {
  op: 'Transpose',
  inputs: [1, 1],
  attributes: ['perm'],
  shape(call) {
    const { type, dims } = call.inputs[0]!;
    const perm = permOf(call);
    const to = perm.map((axis) => dims[axis]!);
    return [
      folded(call, { type, dims: to }, ([x]) =>
        indicesOf(to).map(
          (index) =>
            x!.values[
              placeAt(
                dims.map((_, axis) => index[perm.indexOf(axis)]!),
                dims,
              )
            ]!,
        ),
      ),
    ];
  },
  batch: (call) => [permOf(call).indexOf(call.inputs[0]!.batchAxis!)],
  flops: () => ({ forward: 0, gradients: [0] }),
  lower: (call, build) => [build.emit('Transpose', [call.inputs[0]!.name], { perm: permOf(call) })],
  vjp: (call) => {
    const perm = permOf(call);
    return [call.build.emit('Transpose', [call.gradients[0]!], { perm: perm.map((_, axis) => perm.indexOf(axis)) })];
  },
  lift: {
    isometric: true,
    gradients: (call, gradients) => {
      const perm = permOf(call);
      const back = [0, ...perm.map((_, axis) => perm.indexOf(axis) + 1)];
      return call.build.emit('Transpose', [gradients], { perm: back });
    },
    use: (call, use) => {
      if (use.kind !== 'product') return undefined;
      const isTurned = permOf(call)[0] === 1;
      return isTurned ? { kind: 'product', product: turned(use.product) } : use;
    },
  },
};

/** The product as one with the weight as it was before its two axes were exchanged. */
const turned = (product: MatrixProduct): MatrixProduct => ({ ...product, transposed: !product.transposed });

function permOf({ node, inputs }: ShapeCall): readonly number[] {
  const rank = inputs[0]!.dims.length;
  const perm = attribute(node, 'perm', 'ints') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (perm.length !== rank || perm.toSorted((a, b) => a - b).some((axis, i) => axis !== i)) {
    throw nodeError(node, 'onnx.shape', `perm [${perm.join(', ')}] is no order of ${rank} axes`);
  }
  return perm;
}
