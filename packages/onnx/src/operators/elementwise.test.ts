import { describe, expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import type { Attribute } from '../graph/graph.ts';
import { floatScalar, floatTensor } from '../graph/tensor.ts';
import { isolate } from '../isolate.ts';

const ops = [
  ...[
    'Relu',
    'Tanh',
    'Sigmoid',
    'Softplus',
    'Identity',
    'Neg',
    'Exp',
    'Abs',
    'Sin',
    'Cos',
    'Erf',
    'LeakyRelu',
    'Elu',
    'Selu',
  ],
  ...['Gelu', 'HardSwish', 'HardSigmoid', 'Dropout'],
];
const float = (value: number): Attribute => ({ kind: 'float', value });

describe('elementwise operators against finite differences', () => {
  it.each(ops)('%s', (op) =>
    expectGradients({ graph: between({ input: [5], width: 5, nodes: [node(op, ['h'], 'z')] }) }),
  );

  it.each(ops)('%s of a parameter', (op) =>
    expectGradients({
      graph: graphOf({
        input: [2, 5],
        initializers: { w: [5] },
        nodes: [node(op, ['w'], 'v'), node('Mul', ['x', 'v'], 'y')],
      }),
    }),
  );

  it.each(['Sqrt', 'Log', 'Reciprocal'])('%s of positive values', (op) =>
    expectGradients({
      graph: between({
        input: [4],
        width: 4,
        nodes: [node('Sigmoid', ['h'], 's'), node(op, ['s'], 'z')],
      }),
    }),
  );

  it.each<[string, Readonly<Record<string, Attribute>>]>([
    ['LeakyRelu', { alpha: float(0.3) }],
    ['Elu', { alpha: float(0.5) }],
    ['Selu', { alpha: float(1.5), gamma: float(0.8) }],
    ['Gelu', { approximate: { kind: 'string', value: 'tanh' } }],
    ['HardSigmoid', { alpha: float(0.7), beta: float(0.4) }],
  ])('%s with %j', (op, attributes) =>
    expectGradients({ graph: between({ input: [5], width: 5, nodes: [node(op, ['h'], 'z', attributes)] }) }),
  );

  it.each([
    ['both bounds', ['h', 'low', 'high']],
    ['a lower bound', ['h', 'low']],
    ['an upper bound', ['h', '', 'high']],
  ])('Clip with %s', (_, inputs) =>
    expectGradients({
      graph: between({
        input: [8],
        width: 8,
        initializers: { low: floatScalar(-0.4), high: floatScalar(0.3) },
        nodes: [node('Clip', inputs, 'z')],
      }),
    }),
  );

  it('HardSwish has the derivatives of its three parts', () =>
    expectGradients({
      graph: between({
        input: [6],
        width: 6,
        initializers: { by: floatTensor([6], [6, 6, 1, 1, 6, 6]) },
        nodes: [node('Mul', ['h', 'by'], 's'), node('HardSwish', ['s'], 'z')],
      }),
      trainable: (name) => name !== 'by',
    }));

  it('Dropout in training mode is refused', () => {
    const graph = between({
      input: [2],
      width: 2,
      initializers: { ratio: floatScalar(0.5), on: { type: 'bool', dims: [], bytes: new Uint8Array([1]) } },
      nodes: [node('Dropout', ['h', 'ratio', 'on'], 'z')],
    });
    expect(() => isolate(graph)).toThrow(expect.objectContaining({ code: 'onnx.unsupportedAttribute' }));
  });

  it.each([2, 3, 0.5, -1])('Pow with exponent %d', (power) =>
    expectGradients({
      graph: between({
        input: [4],
        width: 4,
        initializers: { power: floatScalar(power) },
        nodes: [node('Sigmoid', ['h'], 's'), node('Pow', ['s', 'power'], 'z')],
      }),
    }),
  );
});
