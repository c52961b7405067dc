import { describe, expect, it } from 'vitest';
import { expectGradients } from '../test/expect-gradients.ts';
import { graphOf, node } from '../test/graphs.ts';
import { intTensor } from './graph/tensor.ts';
import { isolate } from './isolate.ts';
import { splitMergedAxes } from './split-merged-axes.ts';

const ints = (...values: readonly number[]) => intTensor([values.length], values);

describe('axes merged with the batch', () => {
  it('a dense layer on rows of all examples and positions trains', () =>
    expectGradients({
      graph: graphOf({
        input: [3, 4],
        initializers: { w: [2, 4], b: [2], rows: ints(-1, 4), back: ints(-1, 3, 2) },
        nodes: [
          node('Reshape', ['x', 'rows'], 'r'),
          node('Gemm', ['r', 'w', 'b'], 'g', { transB: 1 }),
          node('Tanh', ['g'], 't'),
          node('Reshape', ['t', 'back'], 'y'),
        ],
      }),
    }));

  it('heads beside the batch, with the time first, train', () =>
    expectGradients({
      graph: graphOf({
        input: [3, 4],
        initializers: { w: [4, 4], heads: ints(3, -1, 2), back: ints(3, -1, 4) },
        nodes: [
          node('Transpose', ['x'], 'first', { perm: [1, 0, 2] }),
          node('MatMul', ['first', 'w'], 'm'),
          node('Reshape', ['m', 'heads'], 'h'),
          node('Transpose', ['h'], 'q', { perm: [1, 0, 2] }),
          node('Transpose', ['h'], 'k', { perm: [1, 2, 0] }),
          node('MatMul', ['q', 'k'], 's'),
          node('Softmax', ['s'], 'p', { axis: -1 }),
          node('MatMul', ['p', 'q'], 'o'),
          node('Transpose', ['o'], 'u', { perm: [1, 0, 2] }),
          node('Reshape', ['u', 'back'], 'v'),
          node('Transpose', ['v'], 'y', { perm: [1, 0, 2] }),
        ],
      }),
    }));

  it.each([
    [
      'normalised over',
      [
        node('Reshape', ['x', 'rows'], 'r'),
        node('Softmax', ['r'], 's', { axis: 0 }),
        node('Reshape', ['s', 'back'], 'y'),
      ],
    ],
    [
      'summed',
      [
        node('Reshape', ['x', 'rows'], 'r'),
        node('ReduceMean', ['r'], 'm', { axes: [0] }),
        node('Sub', ['r', 'm'], 's'),
        node('Reshape', ['s', 'back'], 'y'),
      ],
    ],
    [
      'taken back with positions for examples',
      [
        node('Reshape', ['x', 'rows'], 'r'),
        node('Reshape', ['r', 'turned'], 't'),
        node('Transpose', ['t'], 's', { perm: [1, 0, 2] }),
        node('Softmax', ['s'], 'y', { axis: 1 }),
      ],
    ],
    [
      'multiplied with each other',
      [
        node('Reshape', ['x', 'rows'], 'r'),
        node('Transpose', ['r'], 't', { perm: [1, 0] }),
        node('MatMul', ['r', 't'], 'y'),
      ],
    ],
    ['left merged', [node('Reshape', ['x', 'rows'], 'y')]],
  ])('are refused when they are %s', (_, nodes) => {
    const graph = graphOf({
      input: [3, 4],
      initializers: { rows: ints(-1, 4), back: ints(-1, 3, 4), turned: ints(3, -1, 4) },
      nodes,
    });
    expect(() => isolate(graph)).toThrow(expect.objectContaining({ code: 'onnx.mixesBatch' }));
  });

  it('a graph that merges none is left as it is', () => {
    const graph = graphOf({
      input: [3, 4],
      initializers: { rows: ints(-1, 12) },
      nodes: [node('Reshape', ['x', 'rows'], 'y')],
    });
    expect(splitMergedAxes(graph)).toBe(graph);
  });
});
