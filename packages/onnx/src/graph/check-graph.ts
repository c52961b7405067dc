import { onnxError } from '../errors.ts';
import type { Graph } from './graph.ts';
import { nodeError } from './node-error.ts';

/**
 * Returns when every value is made exactly once and before it is used.
 *
 * @throws `onnx.malformed` naming the value or the node: names used twice, values from nowhere, cycles
 */
export function checkGraph(graph: Graph): void {
  const known = new Set<string>();
  for (const name of [...graph.inputs.map((input) => input.name), ...graph.initializers.keys()]) {
    // Names become keys of objects, and this one is no key.
    if (name === '__proto__')
      throw onnxError({ code: 'onnx.malformed', message: `The name "${name}" is not allowed.` });
    if (name === '') throw onnxError({ code: 'onnx.malformed', message: 'An input or initializer has no name.' });
    if (known.has(name)) throw onnxError({ code: 'onnx.malformed', message: `The name "${name}" is given twice.` });
    known.add(name);
  }
  const later = new Set(graph.nodes.flatMap((node) => node.outputs));
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (input === '' || known.has(input)) continue;
      const reason = later.has(input)
        ? `input "${input}" is made later or by the node itself: the graph has a cycle or is out of order`
        : `input "${input}" is made by no node`;
      throw nodeError(node, 'onnx.malformed', reason);
    }
    for (const output of node.outputs) {
      if (output === '') continue;
      if (known.has(output)) throw nodeError(node, 'onnx.malformed', `output "${output}" is made twice`);
      known.add(output);
    }
  }
  for (const output of graph.outputs) {
    if (known.has(output.name)) continue;
    throw onnxError({ code: 'onnx.malformed', message: `The graph's output "${output.name}" is made by no node.` });
  }
  if (graph.outputs.length === 0) throw onnxError({ code: 'onnx.malformed', message: 'The graph has no output.' });
}
