import { z } from 'zod';
import type { Sha256 } from '@encryptech/base';
import { digestDocument } from './digest-document.ts';
import { parseDocument } from './parse-document.ts';
import { bytes32Schema, wholeSchema } from './scalars.ts';

const UINT32_MAX = 2 ** 32 - 1;
const positive = z.number().positive();
const fraction = z.number().gt(0).lt(1);

/** The privacy plan of a job as data; `privacy` turns it into a plan and checks that epsilon follows from the rest. */
export const privacyPlanSchema = z.strictObject({
  adjacency: z.enum(['add-or-remove-one', 'replace-one']),
  /** Who is protected: a row, or all rows of one value of the dataset's unit column. */
  unit: z.enum(['row', 'unit']),
  /** Clipping is float32 arithmetic: far outside this range norms and factors leave what float32 can hold. */
  clipNorm: z.number().gte(1e-6).lte(1e6),
  /** Standard deviation of the noise over the clip norm. */
  noiseMultiplier: positive,
  samplingRate: z.number().gt(0).lte(1),
  /** Jobs counts steps in 24 bits. */
  steps: wholeSchema(1, 2 ** 24 - 1),
  /** k of delta = 10^-k. */
  deltaExponent: wholeSchema(1, 18),
  epsilon: positive,
  accountant: z.enum(['pld', 'rdp']),
});

/** How the released weights follow from the steps': the last ones, an exponential average, the mean from a step on. */
export const averagingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('ema'), decay: fraction }),
  z.strictObject({ kind: z.literal('tail'), fromStep: wholeSchema(0, UINT32_MAX) }),
]);

/** What a developer orders: the numbers that turn a graph and a dataset into a model. Closed: unknown fields are errors. */
export const trainingSpecSchema = z
  .strictObject({
    version: z.literal(1),
    task: z.literal('train'),
    /** Digest of the ONNX file. */
    graph: bytes32Schema,
    dataset: bytes32Schema,
    loss: z.enum(['softmax-cross-entropy', 'binary-cross-entropy-with-logits', 'mean-squared-error']),
    optimiser: z.strictObject({
      kind: z.literal('sgd'),
      learningRate: positive,
      momentum: z.number().gte(0).lt(1),
      averaging: averagingSchema,
      /** How the learning rate falls to zero over the steps; `constant` if left out. */
      schedule: z.enum(['constant', 'linear', 'cosine']).optional(),
    }),
    privacy: privacyPlanSchema,
    /** Sampling rate × the declared number of rows or units: what the clipped sum is divided by. */
    expectedBatch: positive.max(1e9),
    microBatch: wholeSchema(1, 65_536),
    checkpointEvery: wholeSchema(1, UINT32_MAX),
    durationSec: wholeSchema(1, UINT32_MAX),
  })
  .refine(
    ({ optimiser, privacy }) => optimiser.averaging.kind !== 'tail' || optimiser.averaging.fromStep < privacy.steps,
    { path: ['optimiser', 'averaging', 'fromStep'], message: 'must be below privacy.steps' },
  );

export type PrivacyPlanJson = z.infer<typeof privacyPlanSchema>;
export type TrainingSpec = z.infer<typeof trainingSpecSchema>;

/**
 * The training spec in a JSON value.
 *
 * @throws `protocol.badDocument` with `place` = path of the first fault
 */
export const parseTrainingSpec = (value: unknown): TrainingSpec =>
  parseDocument(trainingSpecSchema, 'TrainingSpec', value);

/** The spec's digest: `JobOrder.specDigest`. */
export const trainingSpecDigest = (spec: TrainingSpec): Sha256 => digestDocument(spec);
