import type { Attribute, Node } from '../graph/graph.ts';
import { floatScalar, intTensor, type Tensor } from '../graph/tensor.ts';

/** Attributes in short: a number is an int, a list of numbers is ints. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string | Attribute>>;

/** Emits the nodes of a compiled graph. A node that repeats an earlier one gives the earlier one's output. */
export interface Builder {
  /** The output of a node with one output. */
  emit(op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** The outputs of a node with `count` outputs. */
  emitAll(op: string, inputs: readonly string[], count: number, attributes?: Attributes): readonly string[];
  /** The name of a constant; equal constants share one. */
  constant(tensor: Tensor): string;
  /** The name of a float32 scalar constant. */
  scalar(value: number): string;
  /** The name of a one-dimensional int64 constant. */
  ints(values: readonly number[]): string;
  /** A name that nothing in the graph has, the wished one if that is free. */
  unique(wish: string): string;
  readonly nodes: readonly Node[];
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/** An attribute of type float. */
export const floatAttribute = (value: number): Attribute => ({ kind: 'float', value });

/** A builder that never gives a name in `taken`. */
export function createBuilder(taken: Iterable<string>): Builder {
  const names = new Set(taken);
  const nodes: Node[] = [];
  const initializers = new Map<string, Tensor>();
  const emitted = new Map<string, readonly string[]>();
  let counter = 0;

  const unique = (wish: string): string => {
    let name = wish;
    while (names.has(name)) name = `${wish}_${++counter}`;
    names.add(name);
    return name;
  };
  const emitAll: Builder['emitAll'] = (op, inputs, count, attributes = {}) => {
    const list = Object.entries(attributes).map(([name, value]): [string, Attribute] => [name, toAttribute(value)]);
    const key = JSON.stringify([op, inputs, count, list.map(([name, value]) => [name, keyOf(value)])]);
    const known = emitted.get(key);
    if (known !== undefined) return known;
    const outputs = Array.from({ length: count }, () => unique(`${op}#${++counter}`));
    nodes.push({ name: outputs[0]!, op, inputs: [...inputs], outputs, attributes: new Map(list) });
    emitted.set(key, outputs);
    return outputs;
  };
  const constant = (tensor: Tensor): string => {
    const key = `constant ${tensor.type} [${tensor.dims.join()}] ${bytesKey(tensor.bytes)}`;
    const known = emitted.get(key);
    if (known !== undefined) return known[0]!;
    const name = unique(`constant#${++counter}`);
    initializers.set(name, tensor);
    emitted.set(key, [name]);
    return name;
  };
  return {
    emit: (op, inputs, attributes) => emitAll(op, inputs, 1, attributes)[0]!,
    emitAll,
    constant,
    scalar: (value) => constant(floatScalar(value)),
    ints: (values) => constant(intTensor([values.length], values)),
    unique,
    nodes,
    initializers,
  };
}

function toAttribute(value: Attributes[string]): Attribute {
  if (typeof value === 'number') return { kind: 'int', value };
  if (typeof value === 'string') return { kind: 'string', value };
  return 'kind' in value ? value : { kind: 'ints', value };
}

const keyOf = (attribute: Attribute): unknown =>
  attribute.kind === 'tensor'
    ? [attribute.value.type, attribute.value.dims, bytesKey(attribute.value.bytes)]
    : [attribute.kind, attribute.value];

function bytesKey(bytes: Uint8Array): string {
  let key = '';
  for (let at = 0; at < bytes.length; at += 8192) key += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return key;
}
