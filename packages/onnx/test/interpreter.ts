import { attribute } from '../src/graph/attributes.ts';
import type { Graph, Node } from '../src/graph/graph.ts';

import { tensorValues } from '../src/graph/tensor.ts';
import { array64, at, fill, indices, size, type Array64, type Definition } from './array64.ts';
import { movingDefinitions } from './moving-definitions.ts';
import { normalizingDefinitions } from './normalizing-definitions.ts';

/**
 * An interpreter of ONNX forward passes in float64, written by the definitions and for nothing but tests: an oracle that
 * shares no rule with the compiler.
 */

/** The graph's first output for one input; `parameters` stand in for initializers. */
export function interpret(graph: Graph, input: Array64, parameters: ReadonlyMap<string, Float64Array>): Array64 {
  const values = new Map<string, Array64>([[graph.inputs[0]!.name, input]]);
  for (const [name, tensor] of graph.initializers) {
    values.set(name, { dims: tensor.dims, data: parameters.get(name) ?? Float64Array.from(tensorValues(tensor)) });
  }
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => values.get(name));
    const run = definitions[node.op];
    if (run === undefined) throw new Error(`no definition of ${node.op}`);
    [run(node, inputs)].flat().forEach((output, i) => values.set(node.outputs[i]!, output as Array64));
  }
  return values.get(graph.outputs[0]!.name)!;
}

const elementwise =
  (f: (x: number) => number): Definition =>
  (_, [x]) => ({ dims: x!.dims, data: x!.data.map(f) });

/** The error function by its power series, which is exact to rounding for the small numbers of tests. */
function erf(x: number): number {
  let [term, total] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= -(x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
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
  const ones = kernel.map(() => 1);
  const strides = attribute(node, 'strides', 'ints') ?? ones;
  const dilations = attribute(node, 'dilations', 'ints') ?? ones;
  const autoPad = attribute(node, 'auto_pad', 'string') ?? 'NOTSET';
  const padsOf = (dims: readonly number[]): readonly number[] => {
    if (!autoPad.startsWith('SAME')) return attribute(node, 'pads', 'ints') ?? [...kernel, ...kernel].map(() => 0);
    // As many windows as strides fit; an odd entry of padding goes to the named end.
    const totals = kernel.map(
      (k, i) => (Math.ceil(dims[2 + i]! / strides[i]!) - 1) * strides[i]! + (k - 1) * dilations[i]! + 1 - dims[2 + i]!,
    );
    const more = totals.map((total) => Math.ceil(Math.max(total, 0) / 2));
    const less = totals.map((total) => Math.floor(Math.max(total, 0) / 2));
    return autoPad === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
  };
  const counts = (dims: readonly number[]) => {
    const pads = padsOf(dims);
    return kernel.map((k, i) => {
      const room = dims[2 + i]! + pads[i]! + pads[kernel.length + i]!;
      return Math.floor((room - (k - 1) * dilations[i]! - 1) / strides[i]!) + 1;
    });
  };
  /** The entry that a place of a window sees, or undefined in the padding. */
  const seen = (input: Array64, n: number, channel: number, window: readonly number[], place: readonly number[]) => {
    const pads = padsOf(input.dims);
    const index = window.map((w, i) => w * strides[i]! + place[i]! * dilations[i]! - pads[i]!);
    return index.some((entry, i) => entry < 0 || entry >= input.dims[2 + i]!)
      ? undefined
      : at(input, [n, channel, ...index]);
  };
  return { counts, seen };
}

function pool(node: Node, input: Array64, reduce: (seen: (number | undefined)[]) => number): Array64 {
  const kernel = attribute(node, 'kernel_shape', 'ints')!;
  const { counts, seen } = windows(node, kernel);
  return fill([...input.dims.slice(0, 2), ...counts(input.dims)], ([n, channel, ...window]) => {
    const entries: (number | undefined)[] = [];
    for (const place of indices(kernel)) entries.push(seen(input, n!, channel!, window, place));
    return reduce(entries);
  });
}

/** All entries of each channel taken together. */
const pooled = (input: Array64, reduce: (entries: number[]) => number): Array64 =>
  fill(
    input.dims.map((dim, i) => (i < 2 ? dim : 1)),
    (index) => {
      const entries: number[] = [];
      for (const offset of indices(input.dims.slice(2))) entries.push(at(input, [...index.slice(0, 2), ...offset]));
      return reduce(entries);
    },
  );

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The entries along some axes taken together: named by an attribute or an input, all when none is. */
const reduce =
  (f: (values: readonly number[]) => number): Definition =>
  (node, [x, given]) => {
    const rank = x!.dims.length;
    const axes = [...(given?.data ?? attribute(node, 'axes', 'ints') ?? x!.dims.keys())].map(
      (axis) => (axis + rank) % rank,
    );
    const kept = x!.dims.map((dim, i) => (axes.includes(i) ? 1 : dim));
    const results = fill(kept, (index) => {
      const inside: number[] = [];
      for (const offset of indices(x!.dims.map((dim, i) => (axes.includes(i) ? dim : 1)))) {
        inside.push(
          at(
            x!,
            index.map((place, i) => place + offset[i]!),
          ),
        );
      }
      return f(inside);
    });
    return (attribute(node, 'keepdims', 'int') ?? 1) !== 0
      ? results
      : reshaped(
          results,
          x!.dims.filter((_, i) => !axes.includes(i)),
        );
  };

const reshaped = (x: Array64, dims: readonly number[]): Array64 => ({ dims, data: x.data });

const float = (node: Node, name: string, otherwise: number): number => attribute(node, name, 'float') ?? otherwise;

const definitions: Readonly<Record<string, Definition>> = {
  ...movingDefinitions,
  ...normalizingDefinitions,
  Neg: elementwise((x) => -x),
  Exp: elementwise(Math.exp),
  Log: elementwise(Math.log),
  Abs: elementwise(Math.abs),
  Reciprocal: elementwise((x) => 1 / x),
  Sin: elementwise(Math.sin),
  Cos: elementwise(Math.cos),
  Erf: elementwise(erf),
  LeakyRelu: (node, [x]) => ({ dims: x!.dims, data: x!.data.map((v) => (v > 0 ? v : v * float(node, 'alpha', 0.01))) }),
  Elu: (node, [x]) => ({
    dims: x!.dims,
    data: x!.data.map((v) => (v > 0 ? v : float(node, 'alpha', 1) * Math.expm1(v))),
  }),
  Selu: (node, [x]) => {
    const alpha = float(node, 'alpha', 1.67326319217681884765625);
    const gamma = float(node, 'gamma', 1.05070102214813232421875);
    return { dims: x!.dims, data: x!.data.map((v) => gamma * (v > 0 ? v : alpha * Math.expm1(v))) };
  },
  Gelu: (node, [x]) => {
    const tanh = attribute(node, 'approximate', 'string') === 'tanh';
    const gate = (v: number) =>
      tanh ? Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)) : erf(v / Math.SQRT2);
    return { dims: x!.dims, data: x!.data.map((v) => 0.5 * v * (1 + gate(v))) };
  },
  HardSwish: elementwise((x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  HardSigmoid: (node, [x]) => {
    const [alpha, beta] = [float(node, 'alpha', 0.2), float(node, 'beta', 0.5)];
    return { dims: x!.dims, data: x!.data.map((v) => Math.max(0, Math.min(1, alpha * v + beta))) };
  },
  Clip: (_, [x, low, high]) => ({
    dims: x!.dims,
    data: x!.data.map((v) => Math.min(Math.max(v, low?.data[0] ?? -Infinity), high?.data[0] ?? Infinity)),
  }),
  Dropout: (_, [x]) => x!,
  Max: broadcast(Math.max),
  Min: broadcast(Math.min),
  Equal: broadcast((a, b) => Number(a === b)),
  Greater: broadcast((a, b) => Number(a > b)),
  Less: broadcast((a, b) => Number(a < b)),
  And: broadcast((a, b) => Number(a !== 0 && b !== 0)),
  Not: elementwise((x) => Number(x === 0)),
  LogSoftmax: (node, [x]) => {
    const axis = ((attribute(node, 'axis', 'int') ?? -1) + x!.dims.length) % x!.dims.length;
    return fill(x!.dims, (index) => {
      const along = Array.from({ length: x!.dims[axis]! }, (_, i) => Math.exp(at(x!, index.toSpliced(axis, 1, i))));
      return Math.log(Math.exp(at(x!, index)) / sum(along));
    });
  },
  Identity: (_, [x]) => x!,
  Constant: (node) => {
    const number = attribute(node, 'value_float', 'float');
    if (number !== undefined) return array64([], [number]);
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
  MatMul: (_, [left, right]) => {
    const a = left!.dims.length === 1 ? reshaped(left!, [1, ...left!.dims]) : left!;
    const b = right!.dims.length === 1 ? reshaped(right!, [...right!.dims, 1]) : right!;
    const rank = Math.max(a.dims.length, b.dims.length);
    const lead = Array.from({ length: rank - 2 }, (_, i) =>
      Math.max(a.dims.slice(0, -2).at(i - rank + 2) ?? 1, b.dims.slice(0, -2).at(i - rank + 2) ?? 1),
    );
    const product = fill([...lead, a.dims.at(-2)!, b.dims.at(-1)!], (index) => {
      const [i, j] = index.slice(-2);
      const outer = index.slice(0, -2);
      return sum(Array.from({ length: a.dims.at(-1)! }, (_, k) => at(a, [...outer, i!, k]) * at(b, [...outer, k, j!])));
    });
    const kept = [...lead, ...(a === left ? a.dims.slice(-2, -1) : []), ...(b === right ? b.dims.slice(-1) : [])];
    return reshaped(product, kept);
  },
  Softmax: (node, [x]) => {
    const axis =
      (attribute(node, 'axis', 'int') ?? -1) + ((attribute(node, 'axis', 'int') ?? -1) < 0 ? x!.dims.length : 0);
    return fill(x!.dims, (index) => {
      const along = Array.from({ length: x!.dims[axis]! }, (_, i) => Math.exp(at(x!, index.toSpliced(axis, 1, i))));
      return along[index[axis]!]! / sum(along);
    });
  },
  ReduceMean: reduce((values) => sum(values) / values.length),
  ReduceSum: reduce(sum),
  ReduceMax: reduce((values) => Math.max(...values)),
  ReduceMin: reduce((values) => Math.min(...values)),
  ReduceL2: reduce((values) => Math.hypot(...values)),
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
    const groups = attribute(node, 'group', 'int') ?? 1;
    const { counts, seen } = windows(node, kernel);
    return fill([x!.dims[0]!, w!.dims[0]!, ...counts(x!.dims)], ([n, output, ...window]) => {
      let total = bias?.data[output!] ?? 0;
      const first = Math.floor(output! / (w!.dims[0]! / groups)) * w!.dims[1]!;
      for (const [channel, ...place] of indices(w!.dims.slice(1))) {
        total += (seen(x!, n!, first + channel!, window, place) ?? 0) * at(w!, [output!, channel!, ...place]);
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
  GlobalAveragePool: (_, [x]) => pooled(x!, (entries) => sum(entries) / entries.length),
  GlobalMaxPool: (_, [x]) => pooled(x!, (entries) => Math.max(...entries)),
  BatchNormalization: (node, [x, scale, bias, mean, variance]) => {
    const epsilon = attribute(node, 'epsilon', 'float') ?? 1e-5;
    return fill(x!.dims, (index) => {
      const channel = index[1]!;
      const normal = (at(x!, index) - mean!.data[channel]!) / Math.sqrt(variance!.data[channel]! + epsilon);
      return normal * scale!.data[channel]! + bias!.data[channel]!;
    });
  },
};
