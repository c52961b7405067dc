import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectGradients, relativeError } from '../test/expect-gradients.ts';
import { goldenCases } from '../test/golden.ts';
import { graphOf, node } from '../test/graphs.ts';
import { randomNumbers } from '../test/random.ts';
import { openModel, runStep, type StepOutputs } from '../test/run-step.ts';
import { compileStep } from './compile-step.ts';
import { floatScalar, floatTensor, intTensor, tensorValues } from './graph/tensor.ts';
import { newMlp } from './new-mlp.ts';
import { readModel } from './read-model.ts';

const mlp = newMlp({ inputs: 5, hidden: [7, 4], outputs: 3, activation: 'tanh', seed: new Uint8Array([3]) });
const valuesOf = (graph: typeof mlp) =>
  new Map([...graph.initializers].map(([name, tensor]) => [name, tensorValues(tensor)]));
const cnn = readModel(goldenCases().find(({ name }) => name === 'mnist-cnn')!.model);

describe('compileStep against finite differences', () => {
  it.each([
    ['softmax-cross-entropy', 3],
    ['binary-cross-entropy-with-logits', 1],
    ['binary-cross-entropy-with-logits', 3],
    ['mean-squared-error', 1],
    ['mean-squared-error', 4],
    ['huber', 1],
    ['huber', 4],
  ] as const)('%s with %d outputs', (loss, outputs) =>
    expectGradients({
      graph: newMlp({ inputs: 4, hidden: [3], outputs, activation: 'sigmoid', seed: new Uint8Array(1) }),
      loss,
    }),
  );

  it('random perceptrons', async () => {
    const options = fc.record({
      inputs: fc.integer({ min: 1, max: 6 }),
      hidden: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
      outputs: fc.integer({ min: 2, max: 4 }),
      activation: fc.constantFrom('relu' as const, 'tanh' as const, 'sigmoid' as const),
      seed: fc.uint8Array({ minLength: 2, maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(options, fc.integer({ min: 1, max: 5 }), async (shape, batch) => {
        await expectGradients({ graph: newMlp(shape), loss: 'softmax-cross-entropy', batch });
      }),
      { numRuns: 15, seed: 11 },
    );
  });

  it('a weight that two layers share', () =>
    expectGradients({
      graph: graphOf({
        input: [3],
        initializers: { w: [3, 3], v: [2, 3] },
        nodes: [
          node('Gemm', ['x', 'w'], 'a'),
          node('Tanh', ['a'], 'b'),
          node('Gemm', ['b', 'w'], 'c', { transB: 1 }),
          node('Gemm', ['c', 'v'], 'y', { transB: 1 }),
        ],
      }),
    }));

  it('a bias that is a weight elsewhere', () =>
    expectGradients({
      graph: graphOf({
        input: [3],
        initializers: { w: [1, 3] },
        nodes: [node('Add', ['x', 'w'], 'a'), node('Tanh', ['a'], 'b'), node('Gemm', ['b', 'w'], 'y', { transB: 1 })],
      }),
    }));

  it('a kernel that two convolutions share', () =>
    expectGradients({
      batch: 2,
      graph: graphOf({
        input: [2, 5, 5],
        initializers: { w: [2, 2, 2, 2] },
        nodes: [
          node('Conv', ['x', 'w'], 'a'),
          node('Tanh', ['a'], 'b'),
          node('Conv', ['b', 'w'], 'c', { strides: [2, 2] }),
          node('Flatten', ['c'], 'y'),
        ],
      }),
    }));

  it('parameters that are reshaped or squashed before they meet the data', () =>
    expectGradients({
      graph: graphOf({
        input: [4],
        initializers: { w: [2, 2, 3], shape: intTensor([2], [4, 3]), gate: [3] },
        nodes: [
          node('Reshape', ['w', 'shape'], 'matrix'),
          node('Gemm', ['x', 'matrix'], 'h'),
          node('Sigmoid', ['gate'], 'open'),
          node('Mul', ['h', 'open'], 'y'),
        ],
      }),
    }));

  it('a value that several nodes use', () =>
    expectGradients({
      graph: graphOf({
        input: [3],
        initializers: { w: [3, 3], v: [2, 3] },
        nodes: [
          node('Gemm', ['x', 'w'], 'a'),
          node('Tanh', ['a'], 'b'),
          node('Mul', ['a', 'b'], 'c'),
          node('Add', ['c', 'b'], 'd'),
          node('Gemm', ['d', 'v'], 'y', { transB: 1 }),
        ],
      }),
    }));
});

describe('compileStep, example by example', () => {
  it('gives a batch the sum of what it gives each example alone', async () => {
    const batch = 6;
    const numbers = randomNumbers(5);
    const example = numbers(batch * 784);
    const target = [0, 3, 9, 1, 1, 5];
    const parameters = valuesOf(cnn);
    const whole = compileStep(cnn, { loss: 'softmax-cross-entropy', batch, private: true });
    const one = compileStep(cnn, { loss: 'softmax-cross-entropy', batch: 1, private: true });
    const together = await runStep(whole, await openModel(whole.model), { example, target, clipNorm: 4.5, parameters });
    const session = await openModel(one.model);
    const alone: StepOutputs[] = [];
    for (let i = 0; i < batch; i++) {
      alone.push(
        await runStep(one, session, {
          example: example.subarray(784 * i, 784 * (i + 1)),
          target: [target[i]!],
          clipNorm: 4.5,
          parameters,
        }),
      );
    }
    expect(
      relativeError(
        together.losses,
        alone.flatMap(({ losses }) => losses),
      ),
    ).toBeLessThan(1e-5);
    expect(
      relativeError(
        together.norms,
        alone.flatMap(({ norms }) => norms),
      ),
    ).toBeLessThan(1e-5);
    for (const [name, sum] of together.sums) {
      const added = sum.map((_, k) => alone.reduce((total, { sums }) => total + sums.get(name)![k]!, 0));
      expect(relativeError(sum, added), name).toBeLessThan(1e-5);
    }
    for (const { norms, sums } of alone) {
      const clipped = Math.hypot(...[...sums.values()].flat());
      expect(clipped).toBeLessThan(4.5 * (1 + 1e-5));
      expect(clipped).toBeCloseTo(Math.min(norms[0]!, 4.5), 4);
    }
  });

  const step = compileStep(mlp, { loss: 'softmax-cross-entropy', batch: 4, private: true });
  const parameters = valuesOf(mlp);
  const numbers = randomNumbers(9);
  const example = numbers(20);
  const target = [0, 1, 2, 0];
  const reference = { example, target, clipNorm: 0.3, parameters };
  const run = async (change: Partial<Parameters<typeof runStep>[2]>) =>
    runStep(step, await openModel(step.model), { ...reference, ...change });
  const withRow = (row: number, value: number) => example.map((x, i) => (Math.floor(i / 5) === row ? value : x));

  it('padding contributes nothing, whatever its values are', async () => {
    const wanted = await run({ mask: [1, 1, 0, 1] });
    for (const value of [0, 7, Infinity, NaN]) {
      expect((await run({ mask: [1, 1, 0, 1], example: withRow(2, value) })).sums).toEqual(wanted.sums);
    }
    expect((await run({ mask: [1, 1, 0, 1], target: [0, 1, 99, 0] })).sums).toEqual(wanted.sums);
  });

  it('an empty batch gives zeros', async () => {
    for (const value of [1, NaN]) {
      const { sums } = await run({ mask: [0, 0, 0, 0], example: example.map(() => value) });
      for (const sum of sums.values()) expect(sum.every((entry) => entry === 0)).toBe(true);
    }
  });

  it.each([NaN, Infinity, -Infinity])(
    'an example of %d contributes zero and leaves the others alone',
    async (value) => {
      const wanted = await run({ mask: [1, 0, 1, 1] });
      const bad = await run({ example: withRow(1, value) });
      expect(Number.isFinite(bad.norms[1])).toBe(false);
      expect(bad.sums).toEqual(wanted.sums);
    },
  );

  it('an example whose gradient overflows contributes zero', async () => {
    const linear = newMlp({ inputs: 5, hidden: [], outputs: 3, activation: 'relu', seed: new Uint8Array(1) });
    const overflow = compileStep(linear, { loss: 'softmax-cross-entropy', batch: 4, private: true });
    const session = await openModel(overflow.model);
    const given = { target, clipNorm: 1, parameters: valuesOf(linear) };
    const bad = await runStep(overflow, session, { ...given, example: withRow(3, 3e38) });
    const without = await runStep(overflow, session, { ...given, example, mask: [1, 1, 1, 0] });
    expect(Number.isFinite(bad.norms[3])).toBe(false);
    expect(bad.sums).toEqual(without.sums);
  });

  it('an example with a label that is no class contributes zero', async () => {
    const wanted = await run({ mask: [1, 0, 1, 1] });
    for (const label of [-1, 3, 1e6]) expect((await run({ target: [0, label, 2, 0] })).sums).toEqual(wanted.sums);
  });

  it('an example without gradient has norm zero and does no harm', async () => {
    const scale = graphOf({
      input: [2],
      initializers: { w: [1, 2] },
      nodes: [node('Gemm', ['x', 'w'], 'y', { transB: 1 })],
    });
    const zero = compileStep(scale, { loss: 'mean-squared-error', batch: 2, private: true });
    const given = { example: [0, 0, 1, 1], target: [1, 0], clipNorm: 1, parameters: new Map([['w', [1, 1]]]) };
    const { norms, sums } = await runStep(zero, await openModel(zero.model), given);
    expect(norms[0]).toBeLessThan(1e-15);
    expect(norms[1]).toBeCloseTo(4 * Math.SQRT2, 5);
    expect(sums.get('w')![0]).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it('clips each example, not the sum: opposite gradients that would cancel stay bounded by C each', async () => {
    const w = graphOf({ input: [1], initializers: { w: [1, 1] }, nodes: [node('Gemm', ['x', 'w'], 'y')] });
    const pair = compileStep(w, { loss: 'mean-squared-error', batch: 2, private: true });
    // Gradients are 2·x·(w·x − t) = −2·10·90 and 2·10·1: clipped to 1 each, they cancel.
    const given = { example: [10, 10], target: [100, 9], clipNorm: 1, parameters: new Map([['w', [1]]]) };
    const { norms, sums } = await runStep(pair, await openModel(pair.model), given);
    expect(norms).toEqual([1800, 20]);
    expect(sums.get('w')).toEqual([0]);
  });

  it('the plain step sums without clipping and leaves out padding', async () => {
    const plain = compileStep(mlp, { loss: 'softmax-cross-entropy', batch: 4, private: false });
    expect(plain.outputs.norm).toBeUndefined();
    const wide = await run({ clipNorm: 1e6, mask: [1, 1, 0, 1] });
    const { sums } = await runStep(plain, await openModel(plain.model), { ...reference, mask: [1, 1, 0, 1] });
    for (const [name, sum] of sums) expect(relativeError(sum, wide.sums.get(name)!)).toBeLessThan(1e-5);
  });
});

describe('losses far from zero', () => {
  it.each([
    ['binary-cross-entropy-with-logits', [200, -200], [200, 0], [1, 0]],
    ['softmax-cross-entropy', [300, -300], [0, 600], [0, 1]],
  ] as const)('%s overflows nowhere', async (loss, inputs, losses, norms) => {
    // Outputs are x for the one, [x, −x] for the other; targets are 0 and 0.
    const classes = loss === 'softmax-cross-entropy';
    const w = classes ? floatTensor([1, 2], [1, -1]) : floatTensor([1, 1], [1]);
    const bias = classes ? [2] : [1];
    const graph = graphOf({ input: [1], initializers: { w, b: bias }, nodes: [node('Gemm', ['x', 'w', 'b'], 'y')] });
    const step = compileStep(graph, { loss, batch: 2, private: true, trainable: (name) => name === 'b' });
    const given = {
      example: inputs,
      target: [0, 0],
      clipNorm: 10,
      parameters: new Map([['b', new Float32Array(bias[0]!)]]),
    };
    const result = await runStep(step, await openModel(step.model), given);
    expect(result.losses.map(Math.abs)).toEqual(losses);
    expect(result.norms.map((norm) => Math.round(norm * 1e6) / 1e6)).toEqual(classes ? [0, 1.414214] : norms);
  });
});

describe('compileStep, what trains', () => {
  it('takes every float initializer with an axis, and no scalars', () => {
    const graph = graphOf({
      input: [3],
      initializers: { w: [3], unused: [4], half: floatScalar(0.5) },
      nodes: [node('Mul', ['x', 'w'], 'h'), node('Mul', ['h', 'half'], 'y')],
    });
    expect(compileStep(graph, { loss: 'mean-squared-error', batch: 2, private: true }).parameters).toEqual([
      { name: 'w', dims: [3] },
    ]);
  });

  it('trains what `trainable` says, scalars too', () =>
    expectGradients({
      trainable: (name) => name === 'half',
      graph: graphOf({
        input: [3],
        initializers: { w: [3], half: floatScalar(0.5) },
        nodes: [node('Mul', ['x', 'w'], 'h'), node('Mul', ['h', 'half'], 'y')],
      }),
    }));

  it('leaves frozen layers out of the backward pass', () => {
    const frozen = compileStep(mlp, {
      loss: 'softmax-cross-entropy',
      batch: 2,
      private: true,
      trainable: (name) => name.startsWith('4.'),
    });
    expect(frozen.parameters.map(({ name }) => name)).toEqual(['4.weight', '4.bias']);
    const all = compileStep(mlp, { loss: 'softmax-cross-entropy', batch: 2, private: true });
    expect(frozen.model.length).toBeLessThan(all.model.length);
  });

  it('keeps names of the model apart from its own', () => {
    const graph = graphOf({
      input: [2],
      initializers: { mask: [2], target: [2] },
      nodes: [node('Mul', ['x', 'mask'], 'loss'), node('Add', ['loss', 'target'], 'y')],
    });
    const { inputs, parameters, outputs } = compileStep(graph, { loss: 'mean-squared-error', batch: 2, private: true });
    const names = [
      ...Object.values(inputs),
      ...parameters.map(({ name }) => name),
      outputs.loss,
      outputs.norm!,
      ...Object.values(outputs.sum),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(parameters.map(({ name }) => name)).toEqual(['mask', 'target']);
  });

  it.each([
    ['no parameters', graphOf({ input: [2], nodes: [node('Tanh', ['x'], 'y')] }), {}, 'onnx.notDifferentiable'],
    [
      'an unreachable parameter',
      graphOf({ input: [2], initializers: { w: [2], v: [2] }, nodes: [node('Mul', ['x', 'w'], 'y')] }),
      { trainable: () => true },
      'onnx.notDifferentiable',
    ],
    [
      'an output without classes',
      graphOf({ input: [1], initializers: { w: [1] }, nodes: [node('Mul', ['x', 'w'], 'y')] }),
      { loss: 'softmax-cross-entropy' as const },
      'onnx.badRequest',
    ],
    [
      'an unknown loss',
      graphOf({ input: [1], initializers: { w: [1] }, nodes: [node('Mul', ['x', 'w'], 'y')] }),
      { loss: 'hinge' as never },
      'onnx.badRequest',
    ],
    ['a batch of none', mlp, { batch: 0 }, 'onnx.badRequest'],
    ['a batch of half an example', mlp, { batch: 1.5 }, 'onnx.badRequest'],
    ['a batch beyond all memory', mlp, { batch: 2 ** 40 }, 'onnx.tooLarge'],
    [
      'an output that is no data',
      graphOf({ input: [1], initializers: { w: [1], v: [2, 2] }, nodes: [node('Tanh', ['v'], 'y')] }),
      {},
      'onnx.badRequest',
    ],
  ])('refuses %s', (_, graph, change, code) => {
    expect(() => compileStep(graph, { loss: 'mean-squared-error', batch: 2, private: true, ...change })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
