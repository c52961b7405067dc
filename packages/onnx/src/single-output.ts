import { onnxError } from './errors.ts';
import type { Graph } from './graph/graph.ts';
import type { Value } from './operators/operator.ts';

/**
 * The one output of a model: float32, with the examples on axis 0.
 *
 * @throws `onnx.badRequest`
 */
export function singleOutput(graph: Graph, values: ReadonlyMap<string, Value>): Value {
  const [output, ...more] = graph.outputs.map(({ name }) => values.get(name)!);
  const reason =
    output === undefined || more.length > 0
      ? `has ${graph.outputs.length} outputs; one is supported`
      : output.batchAxis === null
        ? "has an output that doesn't depend on its input"
        : output.batchAxis !== 0
          ? `has the examples of its output on axis ${output.batchAxis}; they must be on axis 0`
          : output.type !== 'float32'
            ? `has an output of type ${output.type}; it must be float32`
            : undefined;
  if (reason !== undefined) throw onnxError({ code: 'onnx.badRequest', message: `The model ${reason}.` });
  return output!;
}
