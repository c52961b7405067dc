import { describe, expect, it } from 'vitest';
import { bothWays, wayOf } from '../test/both-ways.ts';
import { relativeError } from '../test/expect-gradients.ts';
import { graphOf, node } from '../test/graphs.ts';
import { createBuilder } from './build/builder.ts';
import { chooseRule, chooseRules } from './choose-rule.ts';
import { compileStep } from './compile-step.ts';
import type { Node } from './graph/graph.ts';
import { sequenceWeightRule } from './operators/matrix-product.ts';

describe('ghost norms equal the norms of materialised gradients', () => {
  it.each<[string, readonly number[], readonly number[], Node]>([
    ['Gemm', [7], [5, 7], node('Gemm', ['x', 'w'], 'y', { transB: 1 })],
    ['Gemm with factors', [7], [7, 5], node('Gemm', ['x', 'w'], 'y', { alpha: { kind: 'float', value: -1.5 } })],
    ['MatMul on rows', [7], [7, 5], node('MatMul', ['x', 'w'], 'y')],
    ['MatMul on positions', [6, 7], [7, 5], node('MatMul', ['x', 'w'], 'y')],
    ['MatMul on many positions', [70, 7], [7, 5], node('MatMul', ['x', 'w'], 'y')],
    ['MatMul on many positions, in two parts', [66, 1312], [1312, 1400], node('MatMul', ['x', 'w'], 'y')],
    ['Conv with many windows', [3, 12, 12], [4, 3, 3, 3], node('Conv', ['x', 'w'], 'y')],
    ['Conv', [3, 8, 8], [4, 3, 3, 3], node('Conv', ['x', 'w'], 'y', { strides: [2, 1], pads: [1, 1, 0, 0] })],
    ['Conv of one channel', [1, 9, 9], [4, 1, 4, 4], node('Conv', ['x', 'w'], 'y', { strides: [3, 3] })],
    ['Conv of 1×1', [6, 3, 3], [5, 6, 1, 1], node('Conv', ['x', 'w'], 'y')],
    ['Conv of one window', [6, 3, 3], [5, 6, 3, 3], node('Conv', ['x', 'w'], 'y')],
    ['Conv in groups', [6, 4, 4], [4, 3, 3, 3], node('Conv', ['x', 'w'], 'y', { group: 2, pads: [1, 0, 0, 1] })],
    ['Conv in groups, many windows', [6, 10, 10], [4, 3, 2, 2], node('Conv', ['x', 'w'], 'y', { group: 2 })],
    ['Conv in groups, one window', [6, 3, 3], [9, 2, 3, 3], node('Conv', ['x', 'w'], 'y', { group: 3 })],
    ['Conv of each channel', [5, 4, 4], [10, 1, 3, 3], node('Conv', ['x', 'w'], 'y', { group: 5, strides: [1, 1] })],
    ['Conv in groups over a signal', [4, 9], [6, 2, 3], node('Conv', ['x', 'w'], 'y', { group: 2, pads: [1, 1] })],
  ])('%s', async (_, input, weight, layer) => {
    const { ghost, materialised } = await bothWays(graphOf({ input, initializers: { w: weight }, nodes: [layer] }), 5);
    expect(relativeError(ghost, materialised)).toBeLessThan(1e-5);
  });
});

it.each([
  ['a large weight in groups and few windows', [512, 5, 5], [512, 256, 3, 3], 2, 64, 'ghost'],
  ['many small groups', [1024, 9, 9], [1024, 32, 3, 3], 32, 64, 'materialise'],
  ['a group for each channel', [512, 16, 16], [512, 1, 3, 3], 512, 256, 'materialise'],
  ['windows that are many, but no more than the gradients would take', [512, 6, 6], [512, 512, 3, 3], 1, 1024, 'ghost'],
] as const)('convolutions with %s go the cheaper way', (_, input, weight, group, batch, way) => {
  const layer = node('Conv', ['x', 'w'], 'y', { group });
  expect(wayOf(graphOf({ input, initializers: { w: weight }, nodes: [layer] }), batch)).toBe(way);
});

it('many positions, too: gradients of a batch are made where they fit, and part by part where they do not', () => {
  const way = (batch: number) => {
    const facts = {
      batch,
      positions: 100,
      inner: 1024,
      outer: 1024,
      activations: 'a',
      gradient: 'g',
      transposed: false,
    };
    return chooseRule(sequenceWeightRule(createBuilder([]), facts), batch, 1024 * 1024).way;
  };
  expect([4, 64, 256, 4096].map(way)).toEqual(['materialise', 'materialise', 'ghost', 'ghost']);
});

it('gradients that fit in memory one by one, but not together: the largest have ghost norms', () => {
  const build = createBuilder([]);
  const layer = (width: number) => ({
    rule: sequenceWeightRule(build, {
      ...{ batch: 64, positions: 100, inner: width, outer: width, transposed: false },
      ...{ activations: 'a', gradient: 'g' },
    }),
    size: width * width,
  });
  // 4·64·512² bytes are 64 MiB, 4·64·768² are 144 MiB.
  const [small, large] = [layer(512), layer(768)];
  const withoutGhost = { ...large, rule: { materialise: large.rule.materialise } };
  expect(chooseRules([small, large, small, large], 64)).toEqual(new Array(4).fill('materialise'));
  expect(chooseRules([small, large, large, small, large, small, large], 64)).toEqual([
    ...['materialise', 'ghost', 'ghost', 'materialise', 'materialise', 'materialise', 'materialise'],
  ]);
  expect(chooseRules([small, small, withoutGhost, withoutGhost, withoutGhost, withoutGhost], 64)).toEqual([
    ...['ghost', 'ghost', 'materialise', 'materialise', 'materialise', 'materialise'],
  ]);
});

it('a parameter that passes thousands of nodes before the data is refused with a typed error', () => {
  const nodes = Array.from({ length: 5000 }, (_, i) => node('Sigmoid', [i === 0 ? 'w' : `s${i - 1}`], `s${i}`));
  const graph = graphOf({ input: [2], initializers: { w: [2] }, nodes: [...nodes, node('Mul', ['x', 's4999'], 'y')] });
  expect(() => compileStep(graph, { loss: 'mean-squared-error', batch: 2, private: true })).toThrow(
    expect.objectContaining({ code: 'onnx.notDifferentiable', message: expect.stringContaining('more than 64 nodes') }),
  );
});
