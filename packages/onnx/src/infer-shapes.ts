import { onnxError } from './errors.ts';
import { dataTypes } from './graph/data-type.ts';
import { elementCount } from './graph/element-count.ts';
import type { Graph } from './graph/graph.ts';
import { nodeError } from './graph/node-error.ts';
import { defaultLimits } from './limits.ts';
import { checkNode } from './operators/check-node.ts';
import type { TypedValue } from './operators/operator.ts';

/**
 * Type and shape of every value at `batch` examples, and the values of those that no data reaches.
 *
 * Axis 0 of each input is the batch, whatever the file declares there; every other axis must be declared.
 *
 * @throws `onnx.shape`, `onnx.unsupportedType`, `onnx.tooLarge` (a value over `valueBytes`), naming the node
 */
export function inferShapes(
  graph: Graph,
  { batch, valueBytes = defaultLimits.valueBytes }: { batch: number; valueBytes?: number },
): Map<string, TypedValue> {
  if (!Number.isSafeInteger(batch) || batch < 1) {
    throw onnxError({ code: 'onnx.badRequest', message: `The batch size must be a positive integer, not ${batch}.` });
  }
  const values = new Map<string, TypedValue>();
  for (const input of graph.inputs) {
    const place = `input "${input.name}"`;
    const [, ...rest] = input.dims;
    if (input.dims.length === 0 || rest.some((dim) => typeof dim !== 'number' || dim === 0)) {
      throw onnxError({
        code: 'onnx.shape',
        message: `The ${place} has the shape [${input.dims.join(', ')}]; all axes but the first must be fixed and not 0.`,
        place,
        hint: 'Export with only axis 0 dynamic',
      });
    }
    values.set(input.name, { name: input.name, type: input.type, dims: [batch, ...(rest as number[])] });
  }
  for (const [name, tensor] of graph.initializers) {
    values.set(name, { name, type: tensor.type, dims: tensor.dims, constant: tensor });
  }
  for (const node of graph.nodes) {
    const operator = checkNode(node, graph.opset);
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)!));
    const outputs = operator.shape({ node, opset: graph.opset, inputs });
    node.outputs.forEach((name, i) => {
      if (name === '') return;
      const output = outputs[i];
      if (output === undefined) throw nodeError(node, 'onnx.malformed', `output ${i} is not made by this operator`);
      if (output.dims.length > defaultLimits.rank) {
        throw nodeError(
          node,
          'onnx.tooLarge',
          `"${name}" has rank ${output.dims.length}; the limit is ${defaultLimits.rank}`,
        );
      }
      if (output.constant === undefined && output.dims.includes(0)) {
        throw nodeError(node, 'onnx.shape', `"${name}" has an axis of size 0: [${output.dims.join(', ')}]`);
      }
      const bytes = elementCount(output.dims) * dataTypes[output.type].bytes;
      if (!(bytes <= valueBytes)) {
        throw nodeError(
          node,
          'onnx.tooLarge',
          `"${name}" would take ${bytes} bytes at batch ${batch}; the limit is ${valueBytes}`,
        );
      }
      values.set(name, { ...output, name });
    });
  }
  return values;
}
