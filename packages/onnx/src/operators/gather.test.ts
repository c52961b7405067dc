import { describe, expect, it } from 'vitest';
import { relativeError } from '../../test/expect-gradients.ts';
import { graphOf, node } from '../../test/graphs.ts';
import { openModel, runStep, type StepOutputs } from '../../test/run-step.ts';
import { compileStep } from '../compile-step.ts';
import type { Graph } from '../graph/graph.ts';
import { floatTensor, tensorValues } from '../graph/tensor.ts';
import { isolate } from '../isolate.ts';

const tokensIn = (graph: Graph): Graph => ({ ...graph, inputs: [{ ...graph.inputs[0]!, type: 'int64' }] });

/** Means of rows of a table with 4 rows of 2 entries, which are 1 to 8. */
const mean = (positions: number): Graph =>
  tokensIn(
    graphOf({
      input: [positions],
      initializers: { table: floatTensor([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]) },
      nodes: [node('Gather', ['table', 'x'], 'rows'), node('ReduceMean', ['rows'], 'y', { axes: [1], keepdims: 0 })],
    }),
  );

async function run(graph: Graph, example: number[], clipNorm: number): Promise<StepOutputs> {
  const batch = example.length / Number(graph.inputs[0]!.dims[1]);
  const step = compileStep(graph, { loss: 'mean-squared-error', batch, private: true });
  return runStep(step, await openModel(step.model), {
    example,
    target: new Float32Array(2 * batch),
    clipNorm,
    parameters: new Map([...graph.initializers].map(([name, tensor]) => [name, tensorValues(tensor)])),
  });
}

describe('Gather of rows by token', () => {
  it('gives each row the sum of the gradients at its token', async () => {
    // Example 1: mean of rows 0, 1, 0 is (5/3, 8/3), which is the gradient by it; row 0 gets two thirds, row 1 one third.
    // Example 2: row 3 three times, mean (7, 8).
    const { norms, sums } = await run(mean(3), [0, 1, 0, 3, 3, 3], 1e6);
    const length = Math.hypot(5 / 3, 8 / 3);
    expect(relativeError(norms, [(length * Math.sqrt(5)) / 3, Math.hypot(7, 8)])).toBeLessThan(1e-6);
    const expected = [10 / 9, 16 / 9, 5 / 9, 8 / 9, 0, 0, 7, 8];
    expect(relativeError(sums.get('table')!, expected)).toBeLessThan(1e-6);
  });

  it('takes a token out of range for the nearest one, negative ones from the end, so that no example stops a step', async () => {
    const wanted = await run(mean(2), [3, 0, 2, 1], 1);
    const odd = await run(mean(2), [99, -77, -2, 1], 1);
    expect(odd).toEqual(wanted);
  });

  it('has the norm of the sum of both uses when the table is used again as a weight', async () => {
    // Row k, then its products with all rows.
    const tied = tokensIn(
      graphOf({
        input: [1],
        initializers: { table: floatTensor([2, 2], [1, 0, 0, 2]) },
        nodes: [
          node('Gather', ['table', 'x'], 'rows'),
          node('Transpose', ['table'], 'turned'),
          node('MatMul', ['rows', 'turned'], 'p'),
          node('ReduceMean', ['p'], 'y', { axes: [1], keepdims: 0 }),
        ],
      }),
    );
    // Token 0: y = T·(1, 0) = (1, 0); the loss is the mean of squares, so d/dy = (1, 0) and the loss |row 0|⁴ / 2 + ….
    // By row 0: 2 · row 0 · |row 0|² = (2, 0), and (0, 0) · row 1; by row 1: y₁ · row 0 = (0, 0).
    const { norms, sums } = await run(tied, [0], 1);
    expect(norms[0]).toBeCloseTo(2, 5);
    expect(relativeError(sums.get('table')!, [1, 0, 0, 0])).toBeLessThan(1e-6);
  });

  it('has the same norms by ghost and materialised', async () => {
    const positions = 5;
    const large = tokensIn(
      graphOf({
        input: [positions],
        initializers: { table: [5000, 6], w: [6, 2] },
        nodes: [
          node('Gather', ['table', 'x'], 'rows'),
          node('MatMul', ['rows', 'w'], 'p'),
          node('Tanh', ['p'], 't'),
          node('ReduceMean', ['t'], 'y', { axes: [1], keepdims: 0 }),
        ],
      }),
    );
    // A second use makes the gradients be made one by one, though with a factor of 0 it changes nothing.
    const twice: Graph = {
      ...large,
      initializers: new Map([...large.initializers, ['none', floatTensor([1, 5000], new Float32Array(5000))]]),
      nodes: [
        ...large.nodes.map((one) => (one.outputs[0] === 'y' ? { ...one, outputs: ['m'] } : one)),
        node('MatMul', ['none', 'table'], 'v'),
        node('MatMul', ['v', 'w'], 'u'),
        node('Add', ['m', 'u'], 'y'),
      ],
    };
    const tokens = [0, 1, 2, 3, 4, 7, 7, 7, 7, 7, 4999, 1, 4999, 1, 1];
    const trainable = (name: string) => name === 'table';
    const results = [];
    for (const graph of [large, twice]) {
      const step = compileStep(graph, { loss: 'mean-squared-error', batch: 3, private: true, trainable });
      results.push(
        await runStep(step, await openModel(step.model), {
          example: tokens,
          target: [1, 2, 3, 4, 5, 6],
          clipNorm: 0.1,
          parameters: new Map([['table', tensorValues(graph.initializers.get('table')!)]]),
        }),
      );
    }
    expect(relativeError(results[0]!.norms, results[1]!.norms)).toBeLessThan(1e-5);
    expect(relativeError(results[0]!.sums.get('table')!, results[1]!.sums.get('table')!)).toBeLessThan(1e-5);
  });

  it.each([
    [
      'what one example names in all examples',
      [3, 1],
      [node('Cast', ['x'], 'f', { to: 1 }), node('Gather', ['f', 'x'], 'y', { axis: 1 })],
    ],
    ['examples', [3], [node('Gather', ['x', 'x'], 'y')]],
  ])('refuses to look up %s', (_, input, nodes) => {
    expect(() => isolate(tokensIn(graphOf({ input, nodes })))).toThrow(
      expect.objectContaining({ code: 'onnx.mixesBatch', data: expect.objectContaining({ op: 'Gather' }) }),
    );
  });
});
