import type { Attribute, Graph, Node } from '../src/graph/graph.ts';
import { elementCount } from '../src/graph/element-count.ts';
import { floatTensor, type Tensor } from '../src/graph/tensor.ts';
import { randomNumbers } from './random.ts';

/** A node in short: numbers are int attributes, lists ints, the rest as given. */
export function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number | readonly number[] | string | Attribute>> = {},
): Node {
  const list = Object.entries(attributes).map(([name, value]): [string, Attribute] => {
    if (typeof value === 'number') return [name, { kind: 'int', value }];
    if (typeof value === 'string') return [name, { kind: 'string', value }];
    return [name, 'kind' in value ? value : { kind: 'ints', value }];
  });
  return { name: `${op} of ${output}`, op, inputs, outputs: [output], attributes: new Map(list) };
}

/** A graph with input `x` and output `y`. Shapes stand for random initializers, drawn from `seed`. */
export function graphOf({
  input,
  initializers = {},
  nodes,
  opset = 17,
  seed = 7,
  positive = [],
}: {
  input: readonly number[];
  initializers?: Readonly<Record<string, readonly number[] | Tensor>>;
  nodes: readonly Node[];
  opset?: number;
  seed?: number;
  /** Initializers whose values are moved into [0.5, 1.5). */
  positive?: readonly string[];
}): Graph {
  const numbers = randomNumbers(seed);
  const tensors = Object.entries(initializers).map(([name, value]): [string, Tensor] => {
    if ('bytes' in value) return [name, value];
    const values = numbers(elementCount(value));
    return [name, floatTensor(value, positive.includes(name) ? values.map((x) => 1 + x / 2) : values)];
  });
  return {
    name: 'test',
    opset,
    nodes,
    initializers: new Map(tensors),
    inputs: [{ name: 'x', type: 'float32', dims: ['batch', ...input] }],
    outputs: [{ name: 'y', type: 'float32', dims: [] }],
  };
}

/**
 * A graph that puts `nodes`, from value `h` to value `z`, between a trained shift of the input and a dense layer, so that the
 * gradient by their input is seen whole in the per-example gradients of the shift.
 */
export function between(options: {
  input: readonly number[];
  /** Entries of z for one example. */
  width: number;
  initializers?: Readonly<Record<string, readonly number[] | Tensor>>;
  nodes: readonly Node[];
  opset?: number;
  positive?: readonly string[];
}): Graph {
  const { input, width, initializers = {}, nodes } = options;
  return graphOf({
    ...options,
    initializers: { shift: input, head: [2, width], ...initializers },
    nodes: [
      node('Add', ['x', 'shift'], 'h'),
      ...nodes,
      node('Flatten', ['z'], 'flat'),
      node('Gemm', ['flat', 'head'], 'y', { transB: 1 }),
    ],
  });
}
