import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { goldenCases, type GoldenCase } from '../test/golden.ts';
import { caseToStep, type CaseResult } from './case-to-step.ts';

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

type Sums = CaseResult['clippedGradientSum'];

/**
 * The sums by PyTorch's names. The exporter renames parameters that it transposed or gave more axes to a number in the order of
 * the network, so these are taken in that order, by shape.
 */
function matched(golden: GoldenCase, { clippedGradientSum }: CaseResult): Map<string, Sums[string]> {
  const numberOf = (name: string) => Number(/_(\d+)$/.exec(name)?.[1] ?? 0);
  const renamed = Object.keys(clippedGradientSum)
    .filter((name) => !(name in golden.clippedGradientSum))
    .sort((a, b) => numberOf(a) - numberOf(b));
  const wide = (dims: readonly number[]) => dims.filter((dim) => dim !== 1);
  return new Map(
    Object.entries(golden.clippedGradientSum).map(([name, { shape }]) => {
      if (name in clippedGradientSum) return [name, clippedGradientSum[name]!];
      const found = renamed.findIndex((other) => {
        const dims = wide(clippedGradientSum[other]!.dims);
        return dims.join() === wide(shape).join() || dims.toReversed().join() === shape.join();
      });
      const [other] = renamed.splice(found, 1) as [string];
      const { data } = clippedGradientSum[other]!;
      if (shape.length !== 2) return [name, { dims: shape, data }];
      const [rows, columns] = shape as [number, number];
      return [name, { dims: shape, data: data.map((_, i) => data[(i % columns) * rows + Math.floor(i / columns)]!) }];
    }),
  );
}

describe('caseToStep', () => {
  it.each(cases.filter((golden) => golden.expect === 'train'))(
    '$name: losses, norms and clipped sums are those of PyTorch in float64',
    async (golden) => {
      const result = await run(golden);
      expect(distance(result.perExampleLoss, golden.perExampleLoss)).toBeLessThan(1e-5);
      expect(distance(result.perExampleGradientNorm, golden.perExampleGradientNorm)).toBeLessThan(1e-5);
      const own = matched(golden, result);
      for (const [name, { shape, norm, data, stride }] of Object.entries(golden.clippedGradientSum)) {
        const sum = own.get(name)!;
        expect(sum.dims).toEqual(shape);
        const seen = data.map((_, i) => sum.data[i * stride]!);
        // What comes before a normalisation without scale, or shifts all keys of an attention, has no gradient but rounding.
        const scale = norm < 1e-10 * golden.clipNorm ? golden.clipNorm : norm;
        const off = Math.hypot(...seen.map((value, i) => value - data[i]!));
        expect(off / scale, name).toBeLessThan(1e-5);
        expect(Math.abs(Math.hypot(...sum.data) - norm) / scale, `norm of ${name}`).toBeLessThan(1e-5);
      }
      expect(own.size).toBe(Object.keys(result.clippedGradientSum).length);
    },
  );

  it.each(cases.filter((golden) => golden.expect.startsWith('refuse')))(
    '$name is refused, naming node and reason',
    ({ model, file, expect: wanted }) => {
      expect(() => caseToStep(model, { ...(file as object), clipNorm: 1 })).toThrow(
        expect.objectContaining({
          code: wanted.includes('mixes the batch') ? 'onnx.mixesBatch' : 'onnx.unsupportedOperator',
          place: expect.stringMatching(/^node "\//),
          data: expect.objectContaining({ reason: expect.any(String) }),
        }),
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
