import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { elementCount } from '../graph/element-count.ts';
import type { Node } from '../graph/graph.ts';
import { floatScalar, intTensor, tensorValues, type Tensor } from '../graph/tensor.ts';
import { inferShapes } from '../infer-shapes.ts';
import { isolate } from '../isolate.ts';

/** Operators that move, pick or repeat entries. */

type Initializers = Readonly<Record<string, readonly number[] | Tensor>>;

interface Case {
  readonly what: string;
  readonly input?: readonly number[];
  readonly initializers?: Initializers;
  readonly nodes: readonly Node[];
}

const ints = (...values: readonly number[]): Tensor => intTensor([values.length], values);
const many = (op: string, inputs: readonly string[], outputs: readonly string[], attributes = {}): Node => ({
  ...node(op, inputs, outputs[0]!, attributes),
  outputs,
});

const cases: readonly Case[] = [
  { what: 'Transpose', nodes: [node('Transpose', ['h'], 'z', { perm: [0, 2, 1] })] },
  { what: 'Squeeze', input: [1, 3, 1], initializers: { a: ints(-1, 1) }, nodes: [node('Squeeze', ['h', 'a'], 'z')] },
  { what: 'Unsqueeze', initializers: { a: ints(1, -1) }, nodes: [node('Unsqueeze', ['h', 'a'], 'z')] },
  {
    what: 'Concat of a value with itself and with another',
    nodes: [node('Tanh', ['h'], 't'), node('Concat', ['h', 't', 'h'], 'z', { axis: -1 })],
  },
  {
    what: 'Split of which one part is not used',
    input: [2, 5],
    initializers: { s: ints(2, 1, 2) },
    nodes: [many('Split', ['h', 's'], ['p', 'q', 'r'], { axis: 2 }), node('Concat', ['r', 'p'], 'z', { axis: 1 })],
  },
  {
    what: 'Split into equal parts, the last one shorter',
    input: [5],
    nodes: [
      many('Split', ['h'], ['p', 'q'], { axis: 1, num_outputs: 2 }),
      node('Concat', ['q', 'p'], 'z', { axis: 1 }),
    ],
  },
  {
    what: 'Slice with negative ends',
    initializers: { s: ints(1, -2), e: ints(9, -1), a: ints(1, -1) },
    nodes: [node('Slice', ['h', 's', 'e', 'a'], 'z')],
  },
  {
    what: 'Slice with steps',
    input: [7, 5],
    initializers: { s: ints(1, 0), e: ints(7, 5), a: ints(1, 2), t: ints(3, 2) },
    nodes: [node('Slice', ['h', 's', 'e', 'a', 't'], 'z')],
  },
  {
    what: 'Slice of the whole batch',
    initializers: { s: ints(0, 1), e: ints(2 ** 53, 3), a: ints(0, 2) },
    nodes: [node('Slice', ['h', 's', 'e', 'a'], 'z')],
  },
  { what: 'Pad', initializers: { p: ints(0, 1, 0, 0, 0, 2) }, nodes: [node('Pad', ['h', 'p'], 'z')] },
  {
    what: 'Pad with a number',
    initializers: { p: ints(0, 0, 1, 0, 1, 1), v: floatScalar(2) },
    nodes: [node('Pad', ['h', 'p', 'v'], 'z', { mode: 'constant' })],
  },
  { what: 'Expand', input: [2, 1], initializers: { s: ints(2, 4) }, nodes: [node('Expand', ['h', 's'], 'z')] },
  { what: 'ReduceSum', initializers: { a: ints(-1) }, nodes: [node('ReduceSum', ['h', 'a'], 'z', { keepdims: 0 })] },
  { what: 'ReduceSum over two axes', initializers: { a: ints(2, 1) }, nodes: [node('ReduceSum', ['h', 'a'], 'z')] },
  { what: 'ReduceMax', nodes: [node('ReduceMax', ['h'], 'z', { axes: [2], keepdims: 0 })] },
  { what: 'ReduceMax over two axes', nodes: [node('ReduceMax', ['h'], 'z', { axes: [1, 2] })] },
  { what: 'ReduceMin', nodes: [node('ReduceMin', ['h'], 'z', { axes: [1] })] },
  { what: 'ReduceL2', nodes: [node('ReduceL2', ['h'], 'z', { axes: [-1] })] },
  {
    what: 'Gather of one entry',
    initializers: { i: intTensor([], [-1]) },
    nodes: [node('Gather', ['h', 'i'], 'z', { axis: 1 })],
  },
  {
    what: 'Gather of entries, one twice',
    input: [2, 4],
    initializers: { i: intTensor([3, 1], [3, 0, 3]) },
    nodes: [node('Gather', ['h', 'i'], 'z', { axis: 2 })],
  },
  {
    what: 'Where',
    initializers: { w: [2, 3] },
    nodes: [
      node('Constant', [], 'zero', { value_float: { kind: 'float', value: 0 } }),
      node('Greater', ['h', 'zero'], 'c'),
      node('Tanh', ['h'], 't'),
      node('Where', ['c', 't', 'w'], 'z'),
    ],
  },
  { what: 'Max with a parameter', initializers: { w: [3] }, nodes: [node('Max', ['h', 'w'], 'z')] },
  { what: 'Min with a parameter', initializers: { w: [2, 1] }, nodes: [node('Min', ['w', 'h'], 'z')] },
  { what: 'Trilu', input: [3, 4], nodes: [node('Trilu', ['h'], 'z', { upper: 0 })] },
  {
    what: "a shape that is computed from the data's",
    initializers: { i: intTensor([], [0]), a: ints(0), rest: ints(3, -1), two: ints(2) },
    nodes: [
      node('Shape', ['h'], 'all'),
      node('Gather', ['all', 'i'], 'b'),
      node('Unsqueeze', ['b', 'a'], 'b1'),
      node('Concat', ['b1', 'rest'], 's', { axis: 0 }),
      node('Reshape', ['h', 's'], 'z'),
    ],
  },
];

const widthOf = ({ input = [2, 3], initializers = {}, nodes }: Case): number => {
  const probe = graphOf({ input, initializers, nodes: [node('Identity', ['x'], 'h'), ...nodes] });
  return elementCount(inferShapes(probe, { batch: 1 }).get('z')!.dims);
};

describe('entries of examples', () => {
  it.each(cases)('$what has the gradients of finite differences', (one) =>
    expectGradients({ graph: between({ input: [2, 3], ...one, width: widthOf(one) }) }),
  );
});

describe('entries of parameters, before they meet the data', () => {
  it.each<[string, Initializers, readonly Node[]]>([
    ['Transpose', { w: [4, 3] }, [node('Transpose', ['w'], 'v'), node('MatMul', ['x', 'v'], 'y')]],
    ['Squeeze', { w: [1, 3], a: ints(0) }, [node('Squeeze', ['w', 'a'], 'v'), node('Mul', ['x', 'v'], 'y')]],
    ['Unsqueeze', { w: [3], a: ints(0) }, [node('Unsqueeze', ['w', 'a'], 'v'), node('Mul', ['x', 'v'], 'y')]],
    ['Concat', { w: [1], u: [2] }, [node('Concat', ['u', 'w'], 'v', { axis: 0 }), node('Mul', ['x', 'v'], 'y')]],
    [
      'Split',
      { w: [9], s: ints(3, 3, 3) },
      [
        many('Split', ['w', 's'], ['p', 'q', 'r']),
        node('Mul', ['x', 'p'], 'a'),
        node('Tanh', ['a'], 't'),
        node('Mul', ['t', 'r'], 'y'),
      ],
    ],
    [
      'Slice',
      { w: [7], s: ints(1), e: ints(7), a: ints(0), t: ints(2) },
      [node('Slice', ['w', 's', 'e', 'a', 't'], 'v'), node('Mul', ['x', 'v'], 'y')],
    ],
    ['Pad', { w: [2], p: ints(1, 0) }, [node('Pad', ['w', 'p'], 'v'), node('Add', ['x', 'v'], 'y')]],
    [
      'Expand',
      { w: [1], s: ints(4, 3) },
      [node('Expand', ['w', 's'], 'v'), node('MatMul', ['v', 'c'], 'm'), node('Mul', ['x', 'm'], 'y')],
    ],
    ['Gather', { w: [5, 3], i: intTensor([], [4]) }, [node('Gather', ['w', 'i'], 'v'), node('Mul', ['x', 'v'], 'y')]],
    [
      'Gather of rows',
      { w: [5, 3], i: ints(3, 0, 3), a: ints(0) },
      [node('Gather', ['w', 'i'], 'v'), node('MatMul', ['x', 'v'], 'y')],
    ],
    ['MatMul', { w: [3, 2], v: [2, 4] }, [node('MatMul', ['w', 'v'], 'm'), node('MatMul', ['x', 'm'], 'y')]],
    [
      'Add, Sub, Mul and Div',
      { w: [3], u: [1], v: [3] },
      [
        node('Sub', ['w', 'u'], 'a'),
        node('Mul', ['a', 'v'], 'b'),
        node('Exp', ['u'], 'e'),
        node('Div', ['b', 'e'], 'c'),
        node('Add', ['c', 'u'], 'd'),
        node('Mul', ['x', 'd'], 'y'),
      ],
    ],
    [
      'weight normalisation',
      { g: [4, 1], v: [4, 3] },
      [
        node('ReduceL2', ['v'], 'n', { axes: [1] }),
        node('Div', ['v', 'n'], 'u'),
        node('Mul', ['g', 'u'], 'w'),
        node('Gemm', ['x', 'w'], 'y', { transB: 1 }),
      ],
    ],
    [
      'Where',
      { w: [3], v: [3], zero: floatScalar(0) },
      [node('Greater', ['v', 'zero'], 'c'), node('Where', ['c', 'w', 'v'], 'u'), node('Mul', ['x', 'u'], 'y')],
    ],
    [
      'w + w, again and again',
      { w: [3] },
      [
        ...Array.from({ length: 30 }, (_, i) =>
          node('Add', [i === 0 ? 'w' : `s${i}`, i === 0 ? 'w' : `s${i}`], `d${i}`),
        ).flatMap((twice, i) => [twice, node('Mul', [`d${i}`, 'half'], `s${i + 1}`)]),
        node('Mul', ['x', 's30'], 'y'),
      ],
    ],
  ])('%s', (what, initializers, nodes) => {
    const constants = { c: [3, 3], half: floatScalar(0.5) };
    const used = new Set(nodes.flatMap(({ inputs }) => inputs));
    for (const { outputs } of nodes) for (const made of outputs) used.delete(made);
    const more = Object.fromEntries(Object.entries(constants).filter(([name]) => used.has(name)));
    const input = what === 'Gather of rows' || what === 'Expand' ? (what === 'Expand' ? [4, 3] : [2, 3]) : [3];
    return expectGradients({ graph: graphOf({ input, initializers: { ...initializers, ...more }, nodes }) });
  });

  it('a class token that is repeated for each example', () =>
    expectGradients({
      graph: graphOf({
        input: [2, 3],
        initializers: { token: [1, 1, 3], w: [3, 2], i: intTensor([], [0]), one: ints(1), three: ints(3), a: ints(0) },
        nodes: [
          node('Shape', ['x'], 'all'),
          node('Gather', ['all', 'i'], 'b'),
          node('Unsqueeze', ['b', 'a'], 'b1'),
          node('Concat', ['b1', 'one', 'three'], 's', { axis: 0 }),
          node('Expand', ['token', 's'], 't'),
          node('Concat', ['t', 'x'], 'c', { axis: 1 }),
          node('MatMul', ['c', 'w'], 'm'),
          node('Sigmoid', ['m'], 'y'),
        ],
      }),
    }));
});

describe('the batch is refused', () => {
  it.each<[string, Initializers, readonly Node[]]>([
    ['joined along', {}, [node('Concat', ['x', 'x'], 'y', { axis: 0 })]],
    ['joined with what varies along it', { w: [1009, 2, 3] }, [node('Concat', ['x', 'w'], 'y', { axis: 1 })]],
    ['split', {}, [many('Split', ['x'], ['y', 'z'], { axis: 0 })]],
    ['cut', { s: ints(1), e: ints(5), a: ints(0) }, [node('Slice', ['x', 's', 'e', 'a'], 'y')]],
    ['cut from the end', { s: ints(0), e: ints(-1), a: ints(-3) }, [node('Slice', ['x', 's', 'e', 'a'], 'y')]],
    ['padded', { p: ints(1, 0, 0, 0, 0, 0) }, [node('Pad', ['x', 'p'], 'y')]],
    ['picked from', { i: intTensor([], [0]) }, [node('Gather', ['x', 'i'], 'y')]],
    ['summed', { a: ints(0) }, [node('ReduceSum', ['x', 'a'], 'y')]],
    ['searched for its largest', {}, [node('ReduceMax', ['x'], 'y', { axes: [-3] })]],
    ['measured', {}, [node('ReduceL2', ['x'], 'y', { axes: [0] })]],
    ['a triangle', { a: ints(1) }, [node('Transpose', ['x'], 't', { perm: [1, 0, 2] }), node('Trilu', ['t'], 'y')]],
    ['added to itself turned', {}, [node('Transpose', ['x'], 't', { perm: [1, 0, 2] }), node('Add', ['x', 't'], 'y')]],
    [
      'chosen by place',
      { w: [1009, 1, 1], z: floatScalar(0) },
      [node('Greater', ['w', 'z'], 'c'), node('Where', ['c', 'x', 'z'], 'y')],
    ],
  ])('%s', (_, initializers, nodes) => {
    const graph = graphOf({ input: [2, 3], initializers, nodes });
    expect(() => isolate(graph)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/mixesBatch|onnx.shape/) }),
    );
    expect(() => isolate(graph)).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ node: expect.any(String) }) }),
    );
  });
});

describe('what is refused by shape', () => {
  it.each<[string, Initializers, readonly Node[]]>([
    [
      'an axis named twice',
      { a: ints(1, -2) },
      [node('Unsqueeze', ['x', 'a'], 'h'), node('ReduceSum', ['x', 'a'], 'y')],
    ],
    ['squeezing without axes', {}, [node('Squeeze', ['x'], 'y')]],
    ['squeezing what is wide', { a: ints(1) }, [node('Squeeze', ['x', 'a'], 'y')]],
    ['a permutation that is none', {}, [node('Transpose', ['x'], 'y', { perm: [0, 1, 1] })]],
    ['an entry beyond the last', { i: intTensor([], [2]) }, [node('Gather', ['x', 'i'], 'y', { axis: 1 })]],
    ['an empty cut', { s: ints(1), e: ints(1), a: ints(1) }, [node('Slice', ['x', 's', 'e', 'a'], 'y')]],
    [
      'an axis that is cut twice',
      { s: ints(0, 1), e: ints(1, 2), a: ints(1, -2) },
      [node('Slice', ['x', 's', 'e', 'a'], 'y')],
    ],
    ['parts that are not the whole', { s: ints(1, 2) }, [many('Split', ['x', 's'], ['y', 'z'], { axis: 1 })]],
    ['a part of no size', { s: ints(0, 2) }, [many('Split', ['x', 's'], ['y', 'z'], { axis: 1 })]],
    [
      'whole numbers divided by 0',
      { i: ints(1), o: ints(0), a: ints(1) },
      [node('Div', ['i', 'o'], 'd'), node('ReduceSum', ['x', 'd'], 'y')],
    ],
  ])('%s', (_, initializers, nodes) => {
    expect(() => isolate(graphOf({ input: [2, 3], initializers, nodes }))).toThrow(
      expect.objectContaining({ code: 'onnx.shape' }),
    );
  });
});

it('shapes are computed as ONNX computes them', () => {
  const graph = graphOf({
    input: [4, 6],
    initializers: {
      two: ints(2),
      minus: ints(-7),
      one: ints(1),
      start: intTensor([], [1]),
      end: intTensor([], [8]),
      step: intTensor([], [3]),
      far: ints(2 ** 53 - 1),
      zero: ints(0),
    },
    nodes: [
      node('Shape', ['x'], 'all'),
      node('Shape', ['x'], 'last', { start: -1 }),
      node('Div', ['minus', 'two'], 'divided'),
      node('Mod', ['minus', 'two'], 'rest'),
      node('Slice', ['all', 'one', 'far'], 'tail'),
      node('Concat', ['tail', 'last'], 'joined', { axis: 0 }),
      node('Range', ['start', 'end', 'step'], 'places'),
      node('Equal', ['joined', 'last'], 'same'),
      node('Where', ['same', 'joined', 'zero'], 'chosen'),
      node('ConstantOfShape', ['one'], 'none', { value: { kind: 'tensor', value: ints(5) } }),
      node('Size', ['x'], 'y'),
    ],
  });
  const values = inferShapes(graph, { batch: 7 });
  const constant = (name: string) => tensorValues(values.get(name)!.constant!);
  expect(
    ['all', 'last', 'divided', 'rest', 'tail', 'joined', 'places', 'same', 'chosen', 'none', 'y'].map(constant),
  ).toEqual([[7, 4, 6], [6], [-3], [1], [4, 6], [4, 6, 6], [1, 4, 7], [0, 1, 1], [0, 6, 6], [5], [168]]);
});
