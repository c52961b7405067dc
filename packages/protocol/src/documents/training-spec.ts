import { z } from 'zod';
import type { Sha256 } from '@encryptech/base';
import { digestDocument } from './digest-document.ts';
import { parseDocument } from './parse-document.ts';
import type { Mechanism } from './release-policy.ts';
import { bytes32Schema, lineSchema, wholeSchema } from './scalars.ts';

const UINT32_MAX = 2 ** 32 - 1;
const positive = z.number().positive();
const fraction = z.number().gt(0).lt(1);

/** A factor of a loss: what float32 gradients can hold. */
const factor = z.number().gte(1e-6).lte(1e6);

/** How the gradients of a plan are clipped. What adapts follows a quantile of their norms by noised counts, see `privacy`. */
export const clippingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['flat', 'automatic', 'per-layer']) }),
  z.strictObject({
    kind: z.literal('adaptive'),
    /** Share of the gradients that are to be no longer than the clip norm. */
    quantile: fraction,
    /** How fast the logarithm of the clip norm moves. */
    rate: z.number().gt(0).lte(1),
    /** The counts' part of the privacy loss. */
    share: z.number().gte(1e-6).lte(0.5),
  }),
]);

/** How the noise of a plan is correlated over steps, and in which order units take part; see `privacy`. */
export const correlationSchema = z.discriminatedUnion('order', [
  z.strictObject({ order: z.literal('cyclic-poisson'), bands: wholeSchema(1, 4096) }),
  z.strictObject({ order: z.literal('passes'), bands: wholeSchema(1, 4096), passes: wholeSchema(1, 2 ** 24 - 1) }),
]);

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
  /** Flat if left out. */
  clipping: clippingSchema.optional(),
  /** Noise is fresh in each step if left out. */
  correlation: correlationSchema.optional(),
});

/** How the released weights follow from the steps': the last ones, an exponential average, the mean from a step on. */
export const averagingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('ema'), decay: fraction }),
  z.strictObject({ kind: z.literal('tail'), fromStep: wholeSchema(0, UINT32_MAX) }),
]);

const stepSizes = {
  learningRate: positive,
  averaging: averagingSchema,
  /** How the learning rate falls to zero over the steps; `constant` if left out. */
  schedule: z.enum(['constant', 'linear', 'cosine']).optional(),
  /** Steps over which the learning rate rises first; 0 if left out. */
  warmupSteps: wholeSchema(0, UINT32_MAX).optional(),
};
const share = z.number().gte(0).lt(1);
const moments = {
  beta1: share,
  beta2: share,
  /** Least second moment once the noise is taken out of it, over the variance of the noise. */
  floor: factor,
};

/** What becomes of the noised gradients. */
export const optimiserSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sgd'), ...stepSizes, momentum: share }),
  z.strictObject({ kind: z.literal('adam'), ...stepSizes, ...moments }),
  z.strictObject({ kind: z.literal('adamw'), ...stepSizes, ...moments, weightDecay: z.number().gte(0).lte(1e3) }),
]);

/** Random transforms of each example, of which its gradient is the mean. */
export const augmentationSchema = z.strictObject({
  copies: wholeSchema(1, 64),
  /** Pictures are mirrored left to right, or not. */
  flip: z.boolean().optional(),
  /** Pictures are moved by up to so many entries each way. */
  shift: wholeSchema(0, 1024).optional(),
  /** Standard deviation of Gaussian noise on each input. It protects nobody. */
  jitter: z.number().gte(0).lte(1e3).optional(),
});

/** What a developer orders: the numbers that turn a graph and a dataset into a model. Closed: unknown fields are errors. */
export const trainingSpecSchema = z
  .strictObject({
    version: z.literal(1),
    task: z.literal('train'),
    /** Digest of the ONNX file. */
    graph: bytes32Schema,
    dataset: bytes32Schema,
    loss: z.enum(['softmax-cross-entropy', 'binary-cross-entropy-with-logits', 'mean-squared-error', 'huber']),
    /** Where the loss `huber` turns from a square into a line; 1 if left out. */
    huberDelta: factor.optional(),
    /** What the loss of an example counts, by its class: public constants. All 1 if left out. */
    classWeights: z.array(factor).min(2).max(4096).optional(),
    /**
     * Which parameters train: `all` (if left out), `biases`, `last:N`, `lora` (adapters that the graph has), or names with * for
     * any characters, separated by commas.
     */
    trainable: lineSchema(1000)
      .refine(
        (text) => !text.startsWith('lora:'),
        'must be "lora": the rank is chosen when the graph gets its adapters',
      )
      .optional(),
    augmentation: augmentationSchema.optional(),
    optimiser: optimiserSchema,
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
  )
  .refine(({ optimiser, privacy }) => (optimiser.warmupSteps ?? 0) < privacy.steps, {
    path: ['optimiser', 'warmupSteps'],
    message: 'must be below privacy.steps',
  })
  .refine(({ microBatch, augmentation }) => microBatch * (augmentation?.copies ?? 1) <= 65_536, {
    path: ['microBatch'],
    message: 'must be at most 65536 rows with all copies',
  })
  .refine(({ loss, huberDelta }) => huberDelta === undefined || loss === 'huber', {
    path: ['huberDelta'],
    message: 'goes with the loss "huber"',
  })
  .refine(
    ({ loss, classWeights }) => classWeights === undefined || (loss !== 'huber' && loss !== 'mean-squared-error'),
    { path: ['classWeights'], message: 'go with a loss of classes' },
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

/** The mechanism that a plan is, in the words of policies and certificates. */
export const mechanismOf = ({ correlation }: Pick<PrivacyPlanJson, 'correlation'>): Mechanism =>
  correlation === undefined ? 'dp-sgd' : 'dp-mf';

/** The spec's digest: `JobOrder.specDigest`. */
export const trainingSpecDigest = (spec: TrainingSpec): Sha256 => digestDocument(spec);
