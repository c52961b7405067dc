import { attribute } from '../src/graph/attributes.ts';
import type { Graph, Node } from '../src/graph/graph.ts';
import { tensorValues } from '../src/graph/tensor.ts';

/**
 * An interpreter of ONNX forward passes in float64, written by the definitions and for nothing but tests: an oracle that
 * shares no rule with the compiler.
 */

export interface Array64 {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

const size = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

export const array64 = (dims: readonly number[], data: ArrayLike<number>): Array64 => ({
  dims,
  data: Float64Array.from(data),
});

/** The graph's first output for one input; `parameters` stand in for initializers. */
export function interpret(graph: Graph, input: Array64, parameters: ReadonlyMap<string, Float64Array>): Array64 {
  const values = new Map<string, Array64>([[graph.inputs[0]!.name, input]]);
  for (const [name, tensor] of graph.initializers) {
    values.set(name, { dims: tensor.dims, data: parameters.get(name) ?? Float64Array.from(tensorValues(tensor)) });
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.filter((name) => name !== '').map((name) => values.get(name)!);
    const run = definitions[node.op];
    if (run === undefined) throw new Error(`no definition of ${node.op}`);
    values.set(node.outputs[0]!, run(node, inputs));
  }
  return values.get(graph.outputs[0]!.name)!;
}

type Definition = (node: Node, inputs: readonly Array64[]) => Array64;

const elementwise =
  (f: (x: number) => number): Definition =>
  (_, [x]) => ({ dims: x!.dims, data: x!.data.map(f) });

/** All indices of a shape in row-major order. */
function* indices(dims: readonly number[]): Generator<number[]> {
  const index = dims.map(() => 0);
  for (let n = size(dims); n > 0; n--) {
    yield index;
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis]! === dims[axis]; axis--) index[axis] = 0;
  }
}

/** The entry at an index, aligned to the right; axes of size 1 repeat. */
function at({ dims, data }: Array64, index: readonly number[]): number {
  let place = 0;
  dims.forEach((dim, axis) => {
    place = place * dim + (dim === 1 ? 0 : index[index.length - dims.length + axis]!);
  });
  return data[place]!;
}

function fill(dims: readonly number[], entry: (index: readonly number[]) => number): Array64 {
  const data = new Float64Array(size(dims));
  let place = 0;
  for (const index of indices(dims)) data[place++] = entry(index);
  return { dims, data };
}

const broadcast =
  (f: (a: number, b: number) => number): Definition =>
  (_, [a, b]) => {
    const rank = Math.max(a!.dims.length, b!.dims.length);
    const dims = Array.from({ length: rank }, (_, i) => Math.max(a!.dims.at(i - rank) ?? 1, b!.dims.at(i - rank) ?? 1));
    return fill(dims, (index) => f(at(a!, index), at(b!, index)));
  };

const matrix = (x: Array64, flip: boolean): Array64 =>
  flip ? fill([x.dims[1]!, x.dims[0]!], ([i, j]) => x.data[j! * x.dims[1]! + i!]!) : x;

function windows(node: Node, kernel: readonly number[]) {
  const strides = attribute(node, 'strides', 'ints') ?? [1, 1];
  const dilations = attribute(node, 'dilations', 'ints') ?? [1, 1];
  const autoPad = attribute(node, 'auto_pad', 'string') ?? 'NOTSET';
  const padsOf = (dims: readonly number[]): readonly number[] => {
    if (!autoPad.startsWith('SAME')) return attribute(node, 'pads', 'ints') ?? [0, 0, 0, 0];
    // As many windows as strides fit; an odd entry of padding goes to the named end.
    const totals = [0, 1].map(
      (i) =>
        (Math.ceil(dims[2 + i]! / strides[i]!) - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1 - dims[2 + i]!,
    );
    const more = totals.map((total) => Math.ceil(Math.max(total, 0) / 2));
    const less = totals.map((total) => Math.floor(Math.max(total, 0) / 2));
    return autoPad === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
  };
  const counts = (dims: readonly number[]) => {
    const pads = padsOf(dims);
    return [0, 1].map(
      (i) =>
        Math.floor((dims[2 + i]! + pads[i]! + pads[2 + i]! - (kernel[i]! - 1) * dilations[i]! - 1) / strides[i]!) + 1,
    );
  };
  /** The entry that place (r, c) of window (y, x) sees, or undefined in the padding. */
  const seen = (input: Array64, n: number, channel: number, y: number, x: number, r: number, c: number) => {
    const pads = padsOf(input.dims);
    const [row, column] = [
      y * strides[0]! + r * dilations[0]! - pads[0]!,
      x * strides[1]! + c * dilations[1]! - pads[1]!,
    ];
    const [, , height, width] = input.dims as [number, number, number, number];
    return row < 0 || column < 0 || row >= height || column >= width ? undefined : at(input, [n, channel, row, column]);
  };
  return { counts, seen };
}

function pool(node: Node, input: Array64, reduce: (seen: (number | undefined)[]) => number): Array64 {
  const kernel = attribute(node, 'kernel_shape', 'ints')!;
  const { counts, seen } = windows(node, kernel);
  return fill([...input.dims.slice(0, 2), ...counts(input.dims)], ([n, channel, y, x]) => {
    const entries: (number | undefined)[] = [];
    for (const [r, c] of indices(kernel)) entries.push(seen(input, n!, channel!, y!, x!, r!, c!));
    return reduce(entries);
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const reshaped = (x: Array64, dims: readonly number[]): Array64 => ({ dims, data: x.data });

const definitions: Readonly<Record<string, Definition>> = {
  Identity: (_, [x]) => x!,
  Constant: (node) => {
    const tensor = attribute(node, 'value', 'tensor')!;
    return array64(tensor.dims, tensorValues(tensor));
  },
  Relu: elementwise((x) => Math.max(x, 0)),
  Tanh: elementwise(Math.tanh),
  Sigmoid: elementwise((x) => 1 / (1 + Math.exp(-x))),
  Softplus: elementwise((x) => Math.log1p(Math.exp(x))),
  Sqrt: elementwise(Math.sqrt),
  Add: broadcast((a, b) => a + b),
  Sub: broadcast((a, b) => a - b),
  Mul: broadcast((a, b) => a * b),
  Div: broadcast((a, b) => a / b),
  Pow: broadcast((a, b) => a ** b),
  Gemm: (node, [a, b, c]) => {
    const alpha = attribute(node, 'alpha', 'float') ?? 1;
    const beta = attribute(node, 'beta', 'float') ?? 1;
    const left = matrix(a!, (attribute(node, 'transA', 'int') ?? 0) !== 0);
    const right = matrix(b!, (attribute(node, 'transB', 'int') ?? 0) !== 0);
    const inner = left.dims[1]!;
    return fill([left.dims[0]!, right.dims[1]!], ([i, j]) => {
      const products = Array.from(
        { length: inner },
        (_, k) => left.data[i! * inner + k]! * right.data[k * right.dims[1]! + j!]!,
      );
      return alpha * sum(products) + (c === undefined ? 0 : beta * at(c, [i!, j!]));
    });
  },
  MatMul: (_, [a, b]) => {
    const rank = Math.max(a!.dims.length, b!.dims.length);
    const lead = Array.from({ length: rank - 2 }, (_, i) =>
      Math.max(a!.dims.at(i - rank) ?? 1, b!.dims.at(i - rank) ?? 1),
    );
    return fill([...lead, a!.dims.at(-2)!, b!.dims.at(-1)!], (index) => {
      const [i, j] = index.slice(-2);
      const outer = index.slice(0, -2);
      return sum(
        Array.from({ length: a!.dims.at(-1)! }, (_, k) => at(a!, [...outer, i!, k]) * at(b!, [...outer, k, j!])),
      );
    });
  },
  Softmax: (node, [x]) => {
    const axis =
      (attribute(node, 'axis', 'int') ?? -1) + ((attribute(node, 'axis', 'int') ?? -1) < 0 ? x!.dims.length : 0);
    return fill(x!.dims, (index) => {
      const along = Array.from({ length: x!.dims[axis]! }, (_, i) => Math.exp(at(x!, index.toSpliced(axis, 1, i))));
      return along[index[axis]!]! / sum(along);
    });
  },
  ReduceMean: (node, [x, given]) => {
    const rank = x!.dims.length;
    const axes = [...(given?.data ?? attribute(node, 'axes', 'ints') ?? x!.dims.keys())].map(
      (axis) => (axis + rank) % rank,
    );
    const kept = x!.dims.map((dim, i) => (axes.includes(i) ? 1 : dim));
    const totals = fill(kept, (index) => {
      const inside: number[] = [];
      for (const offset of indices(x!.dims.map((dim, i) => (axes.includes(i) ? dim : 1)))) {
        inside.push(
          at(
            x!,
            index.map((place, i) => place + offset[i]!),
          ),
        );
      }
      return sum(inside) / inside.length;
    });
    return (attribute(node, 'keepdims', 'int') ?? 1) !== 0
      ? totals
      : reshaped(
          totals,
          x!.dims.filter((_, i) => !axes.includes(i)),
        );
  },
  Flatten: (node, [x]) => {
    const axis = attribute(node, 'axis', 'int') ?? 1;
    return reshaped(x!, [size(x!.dims.slice(0, axis)), size(x!.dims.slice(axis))]);
  },
  Reshape: (_, [x, shape]) => {
    const dims = [...shape!.data].map((dim, i) => (dim === 0 ? x!.dims[i]! : dim));
    return reshaped(
      x!,
      dims.map((dim) => (dim === -1 ? -x!.data.length / size(dims) : dim)),
    );
  },
  Conv: (node, [x, w, bias]) => {
    const kernel = w!.dims.slice(2);
    const { counts, seen } = windows(node, kernel);
    return fill([x!.dims[0]!, w!.dims[0]!, ...counts(x!.dims)], ([n, output, row, column]) => {
      let total = bias?.data[output!] ?? 0;
      for (const [channel, r, c] of indices(w!.dims.slice(1))) {
        total += (seen(x!, n!, channel!, row!, column!, r!, c!) ?? 0) * at(w!, [output!, channel!, r!, c!]);
      }
      return total;
    });
  },
  MaxPool: (node, [x]) => pool(node, x!, (seen) => Math.max(...seen.filter((entry) => entry !== undefined))),
  AveragePool: (node, [x]) => {
    const withPad = (attribute(node, 'count_include_pad', 'int') ?? 0) !== 0;
    return pool(node, x!, (seen) => {
      const entries = seen.filter((entry) => entry !== undefined);
      return sum(entries) / (withPad ? seen.length : entries.length);
    });
  },
  GlobalAveragePool: (_, [x]) => {
    const inside = x!.dims.slice(2);
    return fill(
      x!.dims.map((dim, i) => (i < 2 ? dim : 1)),
      (index) => {
        const entries: number[] = [];
        for (const offset of indices(inside)) entries.push(at(x!, [...index.slice(0, 2), ...offset]));
        return sum(entries) / entries.length;
      },
    );
  },
  BatchNormalization: (node, [x, scale, bias, mean, variance]) => {
    const epsilon = attribute(node, 'epsilon', 'float') ?? 1e-5;
    return fill(x!.dims, (index) => {
      const channel = index[1]!;
      const normal = (at(x!, index) - mean!.data[channel]!) / Math.sqrt(variance!.data[channel]! + epsilon);
      return normal * scale!.data[channel]! + bias!.data[channel]!;
    });
  },
};
