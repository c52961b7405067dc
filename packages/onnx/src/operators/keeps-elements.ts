import { elementCount } from '../graph/element-count.ts';
import { nodeError } from '../graph/node-error.ts';
import type { BatchCall, Operator } from './operator.ts';

/**
 * The table entry of an operator that gives the same elements in the same order another shape.
 *
 * Its gradient is a reshape back, and per-example norms pass through unchanged.
 */
export function keepsElements(
  own: Pick<Operator, 'op' | 'inputs' | 'attributes' | 'untrained' | 'shape' | 'check' | 'lower'>,
): Operator {
  return {
    ...own,
    batch: (call) => [keptBatchAxis(call)],
    flops: () => ({ forward: 0, gradients: [0] }),
    vjp: ({ build, inputs, gradients }) => [build.emit('Reshape', [gradients[0]!, build.ints(inputs[0]!.dims)])],
    lift: {
      isometric: true,
      gradients: ({ build, inputs }, gradients) =>
        build.emit('Reshape', [gradients, build.ints([-1, ...inputs[0]!.dims])]),
      use: ({ inputs, outputs }, use) => (inputs[0]!.dims.join() === outputs[0]!.dims.join() ? use : undefined),
    },
  };
}

/**
 * The axis that holds the examples after elements were regrouped in row-major order.
 *
 * An element's place is (outer × batch + example) × inner + rest. An axis of the same size with the same number of
 * elements before it reads the same `example` out of every place, so no two examples meet on it.
 */
function keptBatchAxis({ node, inputs, outputs }: BatchCall): number {
  const { dims, batchAxis } = inputs[0]!;
  const to = outputs[0]!.dims;
  const outer = elementCount(dims.slice(0, batchAxis!));
  const axis = to.findIndex((dim, i) => dim === dims[batchAxis!] && elementCount(to.slice(0, i)) === outer);
  if (axis < 0) {
    throw nodeError(
      node,
      'onnx.mixesBatch',
      `regroups [${dims.join(', ')}] as [${to.join(', ')}], which puts the batch (axis ${batchAxis}) together with other axes`,
      'Keep the batch as an axis of its own, e.g. flatten from axis 1',
    );
  }
  return axis;
}
