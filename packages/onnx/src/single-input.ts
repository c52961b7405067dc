import { onnxError } from './errors.ts';
import type { Graph, ValueInfo } from './graph/graph.ts';

/**
 * The one input of a model.
 *
 * @throws `onnx.badRequest` when there are several, or none
 */
export function singleInput(graph: Graph): ValueInfo {
  const [input, ...more] = graph.inputs;
  if (input === undefined || more.length > 0) {
    throw onnxError({
      code: 'onnx.badRequest',
      message: `The model has ${graph.inputs.length} inputs (${graph.inputs.map(({ name }) => name).join(', ')}); one is supported.`,
    });
  }
  return input;
}
