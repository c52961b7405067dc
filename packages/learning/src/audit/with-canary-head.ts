import { floatTensor, inferShapes, intTensor, type Attribute, type Graph, type Node } from '@encryptech/onnx';
import { learningError } from '../errors.ts';

/** The weights that canaries write to; one row for each, row 0 for nobody. */
export const CANARY_WEIGHTS = 'encryptech.audit.canaries';
const name = (part: string) => `encryptech.audit.${part}`;

/**
 * The graph with a row of weights for each canary added to its outputs: input [batch, width + 2], where the last two numbers
 * are the canary's own row and a factor; output y + factor·row. With a factor of 0 the graph computes what it did and the
 * rows have no gradient; with a large one nearly all of an example's gradient lies in its own row, where no other example
 * moves anything ("Dirac" canaries, Nasr et al. 2023, "Tight Auditing of Differentially Private Machine Learning").
 *
 * @throws `learning.mismatch` for a graph that doesn't give a list of outputs for each example
 */
export function withCanaryHead(graph: Graph, canaries: number): Graph {
  const [input, output] = [graph.inputs[0]!, graph.outputs[0]!];
  const shapes = inferShapes(graph, { batch: 1 });
  const dims = shapes.get(output.name)!.dims;
  if (dims.length !== 2) {
    throw learningError({
      code: 'learning.mismatch',
      message: `An audit by gradients needs a model with a list of outputs for each example; this one's have the shape [${dims.join(', ')}].`,
      hint: 'Audit it by losses.',
    });
  }
  const outputs = dims[1]!;
  const own = shapes.get(input.name)!.dims.slice(1);
  const width = own.reduce((product, dim) => product * dim, 1);
  const made = name('model');
  const emit = (op: string, inputs: string[], out: string, attributes: [string, number][] = []): Node => ({
    ...{ name: out, op, inputs, outputs: [out] },
    attributes: new Map(attributes.map(([key, value]): [string, Attribute] => [key, { kind: 'int', value }])),
  });
  const slice = (from: number, to: number, out: string) =>
    emit('Slice', [name('rows'), name(`at.${from}`), name(`at.${to}`), name('axis')], out);
  const integer = { float32: [], int64: [emit('Cast', [name('shaped')], input.name, [['to', INT64]])] }[
    input.type as string
  ];
  if (integer === undefined) {
    throw learningError({
      code: 'learning.mismatch',
      message: `The model's input "${input.name}" is of type ${input.type}; rows are float32, or int64 tokens.`,
    });
  }
  return {
    ...graph,
    inputs: [{ name: name('rows'), type: 'float32', dims: [input.dims[0]!, width + 2] }],
    initializers: new Map([
      ...graph.initializers,
      [CANARY_WEIGHTS, floatTensor([canaries + 1, outputs], new Float32Array((canaries + 1) * outputs))],
      ...[0, width, width + 1, width + 2].map((at) => [name(`at.${at}`), intTensor([1], [at])] as const),
      [name('axis'), intTensor([1], [1])],
      [name('shape'), intTensor([own.length + 1], [-1, ...own])],
      [name('flat'), intTensor([2], [-1, outputs])],
    ]),
    nodes: [
      slice(0, width, name('features')),
      emit('Reshape', [name('features'), name('shape')], integer.length > 0 ? name('shaped') : input.name),
      ...integer,
      ...graph.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map((value) => (value === output.name ? made : value)),
        outputs: node.outputs.map((value) => (value === output.name ? made : value)),
      })),
      slice(width, width + 1, name('number')),
      emit('Cast', [name('number')], name('row'), [['to', INT64]]),
      emit('Gather', [CANARY_WEIGHTS, name('row')], name('weights'), [['axis', 0]]),
      emit('Reshape', [name('weights'), name('flat')], name('own')),
      slice(width + 1, width + 2, name('factor')),
      emit('Mul', [name('own'), name('factor')], name('scaled')),
      emit('Add', [made, name('scaled')], output.name),
    ],
  };
}

/** ONNX's code of int64. */
const INT64 = 7;
