import { describe, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, node } from '../../test/graphs.ts';
import { floatScalar } from '../graph/tensor.ts';

const ops = ['Relu', 'Tanh', 'Sigmoid', 'Softplus', 'Identity'];

describe('elementwise operators against finite differences', () => {
  it.each(ops)('%s', (op) =>
    expectGradients({ graph: between({ input: [5], width: 5, nodes: [node(op, ['h'], 'z')] }) }),
  );

  it('Sqrt of positive values', () =>
    expectGradients({
      graph: between({
        input: [4],
        width: 4,
        nodes: [node('Sigmoid', ['h'], 's'), node('Sqrt', ['s'], 'z')],
      }),
    }));

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
