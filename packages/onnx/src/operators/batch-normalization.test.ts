import { expect, it } from 'vitest';
import { expectGradients } from '../../test/expect-gradients.ts';
import { between, graphOf, node } from '../../test/graphs.ts';
import { compileStep } from '../compile-step.ts';
import { isolate } from '../isolate.ts';

const frozen = (input: readonly number[], width: number) =>
  between({
    input,
    width,
    initializers: { scale: [2], bias: [2], mean: [2], variance: [2] },
    positive: ['variance'],
    nodes: [
      node('BatchNormalization', ['h', 'scale', 'bias', 'mean', 'variance'], 'z', {
        epsilon: { kind: 'float', value: 0.125 },
      }),
    ],
  });

it.each([
  [[2, 3, 2], 12],
  [[2], 2],
])('frozen BatchNormalization of %j has the gradients of finite differences', (input, width) =>
  expectGradients({ graph: frozen(input, width) }),
);

it('never trains stored means and variances', () => {
  const step = compileStep(frozen([2], 2), { loss: 'mean-squared-error', batch: 2, private: true });
  expect(step.parameters.map(({ name }) => name)).toEqual(['shift', 'head', 'scale', 'bias']);
});

it('batch normalisation in training mode is refused by name', () => {
  const graph = graphOf({
    input: [2],
    initializers: { scale: [2], bias: [2], mean: [2], variance: [2] },
    nodes: [node('BatchNormalization', ['x', 'scale', 'bias', 'mean', 'variance'], 'y', { training_mode: 1 })],
  });
  expect(() => isolate(graph)).toThrow(
    expect.objectContaining({ code: 'onnx.mixesBatch', place: 'node "BatchNormalization of y" (BatchNormalization)' }),
  );
});
