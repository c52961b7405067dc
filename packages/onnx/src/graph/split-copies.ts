import type { Graph } from './graph.ts';
import type { Tensor } from './tensor.ts';

/**
 * The graph with each `Identity` of an initializer turned into an initializer of its own.
 *
 * Exporters store parameters that happen to be equal once and point to them with Identity nodes: after initialisation all
 * scales of a network's normalisation layers are ones. To training they are parameters of their own. A parameter that the
 * model's author shared is used under one name and stays one.
 */
export function splitCopies(graph: Graph): Graph {
  const initializers = new Map<string, Tensor>(graph.initializers);
  const results = new Set(graph.outputs.map((output) => output.name));
  const nodes = graph.nodes.filter((node) => {
    const copied = node.op === 'Identity' ? initializers.get(node.inputs[0] ?? '') : undefined;
    const name = node.outputs[0] ?? '';
    if (copied === undefined || results.has(name)) return true;
    initializers.set(name, copied);
    return false;
  });
  return nodes.length === graph.nodes.length ? graph : { ...graph, nodes, initializers };
}
