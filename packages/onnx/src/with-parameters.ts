import { onnxError } from './errors.ts';
import { elementCount } from './graph/element-count.ts';
import type { Graph } from './graph/graph.ts';
import { floatTensor } from './graph/tensor.ts';

/**
 * The graph with new values for some of its float32 initializers; shapes and all else stay.
 *
 * @throws `onnx.badRequest` for a name that is no float32 initializer, or a wrong number of values
 */
export function withParameters(graph: Graph, values: ReadonlyMap<string, Float32Array>): Graph {
  const initializers = new Map(graph.initializers);
  for (const [name, data] of values) {
    const old = initializers.get(name);
    const size = old?.type === 'float32' ? elementCount(old.dims) : undefined;
    if (old === undefined || size !== data.length) {
      throw onnxError({
        code: 'onnx.badRequest',
        message:
          size === undefined
            ? `The model has no float32 initializer "${name}".`
            : `The parameter "${name}" has ${size} values, not ${data.length}.`,
        place: `initializer "${name}"`,
      });
    }
    initializers.set(name, floatTensor(old.dims, data));
  }
  return { ...graph, initializers };
}
