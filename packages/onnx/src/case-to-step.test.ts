import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { goldenCases, type GoldenCase } from '../test/golden.ts';
import { caseToStep, type CaseResult } from './case-to-step.ts';

/** Of `vectors/pytorch`, what the operators of today cover. */
const trained = ['logistic', 'mlp-relu', 'mnist-cnn', 'regression'];
const cases = goldenCases();

async function run({ model, file }: GoldenCase): Promise<CaseResult> {
  const prepared = caseToStep(model, file);
  const session = await InferenceSession.create(prepared.step.model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const feeds = Object.fromEntries(
    Object.entries(prepared.feeds).map(([name, feed]) => [
      name,
      new Tensor(feed.type, feed.data as Float32Array, [...feed.dims]),
    ]),
  );
  return prepared.read(await session.run(feeds));
}

/** Euclidean distance over the norm of `right`. */
const distance = (left: readonly number[], right: readonly number[]): number =>
  Math.hypot(...left.map((value, i) => value - right[i]!)) / Math.hypot(...right);

describe('caseToStep', () => {
  it.each(cases.filter(({ name }) => trained.includes(name)))(
    '$name: losses, norms and clipped sums are those of PyTorch in float64',
    async (golden) => {
      const result = await run(golden);
      expect(distance(result.perExampleLoss, golden.perExampleLoss)).toBeLessThan(1e-5);
      expect(distance(result.perExampleGradientNorm, golden.perExampleGradientNorm)).toBeLessThan(1e-5);
      for (const [name, { shape, norm, data, stride }] of Object.entries(golden.clippedGradientSum)) {
        const sum = result.clippedGradientSum[name]!;
        expect(sum.dims).toEqual(shape);
        const seen = data.map((_, i) => sum.data[i * stride]!);
        expect(distance(seen, data), name).toBeLessThan(1e-5);
        expect(Math.abs(Math.hypot(...sum.data) - norm) / norm, `norm of ${name}`).toBeLessThan(1e-5);
      }
      expect(Object.keys(result.clippedGradientSum)).toEqual(Object.keys(golden.clippedGradientSum));
    },
  );

  it.each(cases.filter((golden) => golden.expect.startsWith('refuse')))(
    '$name is refused, naming node and reason',
    ({ model, file }) => {
      expect(() => caseToStep(model, { ...(file as object), clipNorm: 1 })).toThrow(
        expect.objectContaining({
          code: 'onnx.mixesBatch',
          place: expect.stringMatching(/^node "\//),
          data: expect.objectContaining({ reason: expect.any(String) }),
        }),
      );
    },
  );

  it.each(cases.filter(({ name, expect: wanted }) => wanted === 'train' && !trained.includes(name)))(
    '$name is refused by operator until it has an entry',
    ({ model, file }) => {
      expect(() => caseToStep(model, file)).toThrow(
        expect.objectContaining({ code: 'onnx.unsupportedOperator', place: expect.stringMatching(/^node "/) }),
      );
    },
  );

  const logistic = cases.find(({ name }) => name === 'logistic')!;
  it.each([
    ['no object', 3],
    ['an unknown loss', { ...(logistic.file as object), loss: 'hinge' }],
    ['no clip norm', { ...(logistic.file as object), clipNorm: undefined }],
    ['a negative clip norm', { ...(logistic.file as object), clipNorm: -1 }],
    [
      'an input of another shape',
      { ...(logistic.file as object), input: { type: 'float32', shape: [6, 2], data: Array(12).fill(0) } },
    ],
    ['too few values', { ...(logistic.file as object), input: { type: 'float32', shape: [6, 30], data: [1] } }],
    [
      'labels that are no integers',
      { ...(logistic.file as object), target: { type: 'int64', shape: [6], data: [0, 1, 0.5, 0, 0, 0] } },
    ],
    [
      'targets of another type',
      { ...(logistic.file as object), target: { type: 'float32', shape: [6], data: [0, 1, 0, 0, 0, 0] } },
    ],
  ])('refuses a case with %s', (_, file) => {
    expect(() => caseToStep(logistic.model, file)).toThrow(expect.objectContaining({ code: 'onnx.badRequest' }));
  });
});
