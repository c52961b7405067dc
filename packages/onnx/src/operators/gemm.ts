import { attribute } from '../graph/attributes.ts';
import { elementCount } from '../graph/element-count.ts';
import type { Node } from '../graph/graph.ts';
import { nodeError } from '../graph/node-error.ts';
import { floatAttribute } from '../build/builder.ts';
import { broadcastDims, sumToExamples, sumToShape } from './broadcast.ts';
import { matrixProductRule } from './matrix-product.ts';
import type { GradientCall, Operator, PerExampleRule } from './operator.ts';
import { squaredLength } from './squared-length.ts';

const attributesOf = (node: Node) => ({
  alpha: attribute(node, 'alpha', 'float') ?? 1,
  beta: attribute(node, 'beta', 'float') ?? 1,
  transA: (attribute(node, 'transA', 'int') ?? 0) !== 0,
  transB: (attribute(node, 'transB', 'int') ?? 0) !== 0,
});

/** alpha · A·B + beta · C on matrices, A and B as they are or transposed. */
export const gemm: Operator = {
  op: 'Gemm',
  inputs: [2, 3],
  attributes: ['alpha', 'beta', 'transA', 'transB'],
  shape({ node, inputs }) {
    const { transA, transB } = attributesOf(node);
    const [a, b, c] = [inputs[0]!, inputs[1]!, inputs[2]];
    for (const input of [a, b, c]) {
      if (input !== undefined && input.type !== 'float32')
        throw nodeError(node, 'onnx.unsupportedType', `takes float32, not ${input.type}`);
    }
    if (a.dims.length !== 2 || b.dims.length !== 2) {
      throw nodeError(node, 'onnx.shape', `takes matrices, not [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`);
    }
    const [rows, inner] = transA ? [a.dims[1]!, a.dims[0]!] : [a.dims[0]!, a.dims[1]!];
    const [innerB, columns] = transB ? [b.dims[1]!, b.dims[0]!] : [b.dims[0]!, b.dims[1]!];
    if (inner !== innerB) throw nodeError(node, 'onnx.shape', `multiplies ${inner} columns with ${innerB} rows`);
    const dims = [rows, columns];
    if (c !== undefined && broadcastDims(node, c.dims, dims).some((dim, i) => dim !== dims[i])) {
      throw nodeError(
        node,
        'onnx.shape',
        `the third input of shape [${c.dims.join(', ')}] doesn't fit [${dims.join(', ')}]`,
      );
    }
    return [{ type: 'float32', dims }];
  },
  batch({ node, inputs }) {
    const { transA, transB } = attributesOf(node);
    const [a, b, c] = [inputs[0]!, inputs[1]!, inputs[2]];
    // The axes that appear in the output; the other axis of each factor is summed over.
    const rowAxis = transA ? 1 : 0;
    const columnAxis = transB ? 0 : 1;
    for (const [factor, kept] of [
      [a, rowAxis],
      [b, columnAxis],
    ] as const) {
      if (factor.batchAxis !== null && factor.batchAxis !== kept)
        throw nodeError(node, 'onnx.mixesBatch', `sums "${factor.name}" over the batch`);
    }
    if (a.batchAxis !== null && b.batchAxis !== null) {
      throw nodeError(node, 'onnx.mixesBatch', 'multiplies every example with every other');
    }
    const axis = a.batchAxis !== null ? 0 : b.batchAxis !== null ? 1 : 2 + c!.batchAxis! - c!.dims.length;
    if (c !== undefined) {
      const alongBatch = c.dims[c.dims.length - 2 + axis] ?? 1;
      if (c.batchAxis === null ? alongBatch !== 1 : 2 + c.batchAxis - c.dims.length !== axis) {
        throw nodeError(node, 'onnx.mixesBatch', `adds "${c.name}" along another axis than the batch`);
      }
    }
    return [axis];
  },
  flops({ node, inputs, outputs }) {
    const [rows, columns] = outputs[0]!.dims as [number, number];
    const inner = inputs[0]!.dims[attributesOf(node).transA ? 0 : 1]!;
    const product = 2 * rows * columns * inner;
    const bias = inputs[2] === undefined ? 0 : rows * columns;
    return { forward: product + bias, gradients: [product, product, bias] };
  },
  vjp(call) {
    const { build, node, inputs, outputs, wants } = call;
    const { alpha, beta, transA, transB } = attributesOf(node);
    const gradient = call.gradients[0]!;
    const product = (left: string, right: string, flipLeft: boolean, flipRight: boolean) =>
      build.emit('Gemm', [left, right], {
        alpha: floatAttribute(alpha),
        transA: Number(flipLeft),
        transB: Number(flipRight),
      });
    const [a, b] = [inputs[0]!.name, inputs[1]!.name];
    const byA = () => (transA ? product(b, gradient, transB, true) : product(gradient, b, false, !transB));
    const byB = () => (transB ? product(gradient, a, true, transA) : product(a, gradient, !transA, false));
    const byC = () => sumToShape(build, scaled(call, beta), outputs[0]!.dims, inputs[2]!.dims);
    return [wants[0] ? byA() : undefined, wants[1] ? byB() : undefined, wants[2] ? byC() : undefined];
  },
  perExample(call, input): PerExampleRule {
    const { build, node, inputs, outputs } = call;
    const { alpha, beta, transA, transB } = attributesOf(node);
    const output = outputs[0]!;
    const [rows, columns] = output.dims as [number, number];
    if (input === 2) {
      // A bias with one entry a column has the output's gradient itself, whose length the weight's norm takes too.
      const isRow = output.batchAxis === 0 && elementCount(inputs[2]!.dims) === columns;
      const ghost = {
        flops: 5 * rows * columns,
        moved: rows * columns,
        squaredNorms: () => squaredLength(build, scaled(call, beta), [1], columns),
      };
      return {
        ...(isRow ? { ghost } : {}),
        materialise: {
          flops: rows * columns,
          moved: rows * columns,
          gradients: () => sumToExamples(build, scaled(call, beta), output, inputs[2]!.dims),
        },
      };
    }
    // The batched factor as rows of examples, whichever side it is on; the other one is the weight.
    const data = inputs[1 - input]!;
    const inner = inputs[0]!.dims[transA ? 0 : 1]!;
    const rowsFirst = (name: string, flip: boolean) =>
      flip ? build.emit('Transpose', [name], { perm: [1, 0] }) : name;
    const weightIsB = input === 1;
    return matrixProductRule(build, {
      batch: weightIsB ? rows : columns,
      positions: 1,
      inner,
      outer: weightIsB ? columns : rows,
      activations: rowsFirst(data.name, weightIsB ? transA : !transB),
      gradient: rowsFirst(scaled(call, alpha), !weightIsB),
      transposed: weightIsB ? transB : !transA,
    });
  },
};

const scaled = ({ build, gradients }: GradientCall, factor: number): string =>
  factor === 1 ? gradients[0]! : build.emit('Mul', [gradients[0]!, build.scalar(factor)]);
