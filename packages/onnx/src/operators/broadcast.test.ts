import { describe, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, node } from '../../test/graphs.ts';

const shapes: [readonly number[]][] = [[[2, 3]], [[3]], [[1]], [[2, 1]], [[1, 2, 1]], [[1, 1, 3]]];

describe.each(['Add', 'Sub', 'Mul', 'Div'])('%s against finite differences', (op) => {
  const divisor = op === 'Div' ? ['p'] : [];

  it.each(shapes)('with a parameter of shape %j on the right', (shape) =>
    expectGradients({
      graph: between({
        input: [2, 3],
        width: 6,
        initializers: { p: shape },
        positive: divisor,
        nodes: [node(op, ['h', 'p'], 'z')],
      }),
    }),
  );

  it('with a parameter on the left', () =>
    expectGradients({
      graph: between({
        input: [2, 3],
        width: 6,
        initializers: { p: [3] },
        nodes: [node('Sigmoid', ['h'], 's'), node(op, ['p', 's'], 'z')],
      }),
    }));

  it('of two values with the batch, one of them broadcast', () =>
    expectGradients({
      graph: between({
        input: [2, 3],
        width: 6,
        nodes: [
          node('ReduceMean', ['h'], 'mean', { axes: [2] }),
          node('Sigmoid', ['mean'], 's'),
          node(op, ['h', 's'], 'z'),
        ],
      }),
    }));
});
