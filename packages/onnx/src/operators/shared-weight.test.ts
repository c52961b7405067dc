import { describe, expect, it } from 'vitest';
import { bothWays, wayOf } from '../../test/both-ways.ts';
import { expectGradients, relativeError } from '../../test/expect-gradients.ts';
import { graphOf, node } from '../../test/graphs.ts';
import { openModel, runStep } from '../../test/run-step.ts';
import { compileStep } from '../compile-step.ts';
import type { Attribute, Graph, Node } from '../graph/graph.ts';
import { floatTensor, intTensor, tensorValues } from '../graph/tensor.ts';

const float = (value: number): Attribute => ({ kind: 'float', value });

/** Tokens from numbers in [−1, 1): about `count` of them, negative ones from the end of the table. */
const tokens = (count: number): Node[] => [
  node('Constant', [], 'count', { value_float: float(count / 2) }),
  node('Mul', ['x', 'count'], 'far'),
  node('Cast', ['far'], 'tokens', { to: 7 }),
];

/** A language model of one layer: tokens are looked up, mixed, and held against all rows of the table again. */
const tied = (positions: number, [vocabulary, width]: [number, number], head: readonly Node[]): Graph =>
  graphOf({
    input: [positions],
    initializers: { w: [vocabulary, width], v: [width, width] },
    nodes: [
      ...tokens(vocabulary),
      node('Gather', ['w', 'tokens'], 'rows'),
      node('MatMul', ['rows', 'v'], 'mixed'),
      node('Tanh', ['mixed'], 'h'),
      ...head,
    ],
  });

const mean = node('ReduceMean', ['h'], 'm', { axes: [1], keepdims: 0 });
const last: Node[] = [mean, node('Gemm', ['m', 'w'], 'y', { transB: 1 })];
const everywhere: Node[] = [node('Transpose', ['w'], 'turned'), node('MatMul', ['h', 'turned'], 'y')];

const shared: [string, Graph][] = [
  ['a table that is the output head', tied(4, [30, 5], last)],
  ['a table that is the output head at every position', tied(4, [30, 5], everywhere)],
  ['a table that is the head at many positions', tied(70, [9, 5], everywhere)],
  [
    'a table that is stored turned for the head',
    tied(3, [20, 6], [mean, node('Identity', ['w'], 'same'), node('Gemm', ['m', 'same'], 'y', { transB: 1 })]),
  ],
  [
    'a table that is looked up twice',
    graphOf({
      input: [3],
      initializers: { w: [12, 4] },
      nodes: [
        ...tokens(12),
        node('Gather', ['w', 'tokens'], 'rows'),
        node('Neg', ['x'], 'opposite'),
        node('Mul', ['opposite', 'count'], 'farther'),
        node('Cast', ['farther'], 'others', { to: 7 }),
        node('Gather', ['w', 'others'], 'more'),
        node('Tanh', ['more'], 'bent'),
        node('Mul', ['rows', 'bent'], 'y'),
      ],
    }),
  ],
  [
    'a weight of two layers',
    graphOf({
      input: [6],
      initializers: { w: [6, 6] },
      nodes: [node('Gemm', ['x', 'w'], 'a'), node('Tanh', ['a'], 'b'), node('Gemm', ['b', 'w'], 'y')],
    }),
  ],
  [
    'a weight of an encoder and, turned, of its decoder',
    graphOf({
      input: [7],
      initializers: { w: [7, 3] },
      nodes: [node('Gemm', ['x', 'w'], 'a'), node('Tanh', ['a'], 'b'), node('Gemm', ['b', 'w'], 'y', { transB: 1 })],
    }),
  ],
  [
    'a weight of a layer on rows and of one on positions',
    graphOf({
      input: [5, 4],
      initializers: { w: [4, 4] },
      nodes: [
        node('MatMul', ['x', 'w'], 'a'),
        node('Tanh', ['a'], 'b'),
        node('ReduceMean', ['b'], 'm', { axes: [1], keepdims: 0 }),
        node('MatMul', ['m', 'w'], 'y'),
      ],
    }),
  ],
];

describe('the norms of what several nodes use', () => {
  it.each(shared)('ghost norms of %s are those of its gradients', async (_, graph) => {
    const { ghost, materialised } = await bothWays(graph, 5);
    expect(relativeError(ghost, materialised)).toBeLessThan(1e-5);
  });

  it.each(shared)('ghost norms of %s are those of its gradients where examples have copies', async (_, graph) => {
    const { ghost, materialised } = await bothWays(graph, 3, 2);
    expect(relativeError(ghost, materialised)).toBeLessThan(1e-5);
  });

  it.each(shared.filter(([name]) => !name.includes('many')))(
    'norms and sums of %s are those of finite differences',
    (_, graph) =>
      expectGradients({
        graph,
        batch: 4,
        loss: graph.nodes.at(-1)!.op === 'Gemm' ? 'softmax-cross-entropy' : 'mean-squared-error',
      }),
  );

  it('nothing the size of batch × table is made', async () => {
    const large = tied(4, [2000, 8], last);
    expect(wayOf(large, 6)).toBe('ghost');
    const step = compileStep(large, { loss: 'softmax-cross-entropy', batch: 6, private: true });
    const session = await openModel(step.model);
    const { sums } = await runStep(step, session, {
      example: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      target: [0, 1, 2, 3, 1999, 1000],
      clipNorm: 0.1,
      parameters: new Map(step.parameters.map(({ name }) => [name, tensorValues(large.initializers.get(name)!)])),
    });
    expect(Math.hypot(...[...sums.values()].flat())).toBeLessThan(0.6 * (1 + 1e-6));
  });
});

/** The longest clipped gradient of one example by the table of [rows, width] ones, in clip norms. */
async function clippedLength(
  nodes: readonly Node[],
  [rows, width]: [number, number],
  clipNorm: number,
  example = [0.1, -0.2, 0.3, 0.4],
) {
  const graph = graphOf({
    input: [2],
    initializers: {
      w: floatTensor([rows, width], new Float32Array(rows * width).fill(1)),
      axis: intTensor([1], [1]),
    },
    nodes: [...tokens(rows), node('Gather', ['w', 'tokens'], 'rows'), ...nodes],
  });
  expect(wayOf(graph, 2)).toBe('ghost');
  const step = compileStep(graph, { loss: 'mean-squared-error', batch: 2, private: true });
  const { sums } = await runStep(step, await openModel(step.model), {
    example,
    target: Float32Array.from({ length: 2 * Number(step.target.dims[1]) }, (_, i) => 1 + Math.sin(i)),
    mask: [1, 0],
    clipNorm,
    parameters: new Map([['w', tensorValues(graph.initializers.get('w')!)]]),
  });
  return Math.hypot(...sums.get('w')!) / clipNorm;
}

describe('a clip norm holds for a table that is looked up and multiplied with', () => {
  const scaled = (down: number): Node[] => [
    node('ReduceMean', ['rows'], 'm', { axes: [1], keepdims: 0 }),
    node('Constant', [], 'down', { value_float: float(down) }),
    node('Mul', ['m', 'down'], 'small'),
    node('Gemm', ['small', 'w'], 'z', { transB: 1 }),
    node('Mul', ['z', 'down'], 'y'),
  ];
  it.each([1e-28, 1e-10, 1e-6])('when squares of gradients are below the smallest float, C = %d', async (clipNorm) => {
    expect(await clippedLength(scaled(1e-12), [400, 16], clipNorm)).toBeLessThan(1.001);
  });

  // y = ⟨w_0, a⟩ + ⟨w_0, b⟩, the one by looking row 0 up and the other by a product, with b = −a but for the last places.
  it.each([1e2, 1e4, 1e6, 1e8])('when both uses cancel, factor %d', async (factor) => {
    const [rows, width] = [400, 16];
    const vector = (dims: readonly number[], value: (i: number) => number): Attribute => ({
      kind: 'tensor',
      value: floatTensor(
        dims,
        Float32Array.from({ length: dims[0]! * dims[1]! }, (_, i) => value(i)),
      ),
    });
    const a = (i: number) => factor * (1 + 0.3 * Math.sin(i));
    const opposed = [
      node('Constant', [], 'a', { value: vector([width, 1], (i) => a(i) / 2) }),
      node('MatMul', ['rows', 'a'], 'p'),
      node('ReduceSum', ['p', 'axis'], 'looked', { keepdims: 0 }),
      node('Constant', [], 'none', { value: vector([2, width], () => 0) }),
      node('MatMul', ['x', 'none'], 'zeros'),
      node('Constant', [], 'b', { value: vector([1, width], (i) => -a(i) * (1 + 1e-6)) }),
      node('Add', ['zeros', 'b'], 'h'),
      node('Gemm', ['h', 'w'], 'q', { transB: 1 }),
      node('Constant', [], 'first', { value: vector([rows, 1], (i) => Number(i === 0)) }),
      node('MatMul', ['q', 'first'], 'multiplied'),
      node('Add', ['looked', 'multiplied'], 'y'),
    ];
    expect(await clippedLength(opposed, [rows, width], 0.01, [0, 0, 0, 0])).toBeLessThan(1.001);
  });
});
