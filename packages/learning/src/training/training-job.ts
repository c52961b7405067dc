import type { PrivacyPlanJson } from '@encryptech/privacy';

/** The loss of one example; what is trained is its sum over the batch. */
export type Loss = 'softmax-cross-entropy' | 'binary-cross-entropy-with-logits' | 'mean-squared-error' | 'huber';

/** How the released weights follow from the weights after each step. All of it is post-processing: it costs no privacy. */
export type Averaging =
  /** The weights after the last step. */
  | { kind: 'none' }
  /** Exponential moving average; the decay of step t is at most (1 + t) / (10 + t), so that the start is forgotten. */
  | { kind: 'ema'; decay: number }
  /** Mean of the weights after step `fromStep` (counted from 0) and each later one (Polyak–Ruppert). */
  | { kind: 'tail'; fromStep: number };

interface StepSizes {
  learningRate: number;
  averaging: Averaging;
  /** The learning rate over the steps: constant if left out, or falling to zero in a line or half a cosine. */
  schedule?: 'constant' | 'linear' | 'cosine' | undefined;
  /** The learning rate rises in a line over so many steps, before `schedule` begins; 0 if left out. */
  warmupSteps?: number | undefined;
}

/** Stochastic gradient descent: v ← momentum · v + g, w ← w − rate(step) · v, with v = 0 at first. */
export interface Sgd extends StepSizes {
  kind: 'sgd';
  momentum: number;
}

/**
 * Adam (Kingma and Ba 2015) on noised gradients, with the noise taken out of the second moment (DP-AdamBC, Tang, Shpilevskiy and
 * Lécuyer 2024, arXiv 2312.14334): w ← w − rate · m̂ / √max(v̂ − Φ, floor·Φ), where Φ is the variance of the noise in an entry
 * of the gradient, which is public. Without that v̂ is mostly noise, and Adam is momentum with a small rate.
 *
 * Differs from the paper in that the floor is a share of Φ: then it has no unit, and a change of the clip norm or of the batch
 * leaves its meaning. `adamw` also takes rate · weightDecay · w off the weights (Loshchilov and Hutter 2019).
 */
export interface Adam extends StepSizes {
  kind: 'adam' | 'adamw';
  /** How much of the first moment stays from step to step; 0.9 is usual. */
  beta1: number;
  /** How much of the second moment stays; 0.999 is usual, 0.99 for few steps. */
  beta2: number;
  /** Least value of the corrected second moment, over the variance of the noise; 0.1 is a start. */
  floor: number;
  /** For `adamw` alone. */
  weightDecay?: number | undefined;
}

/** What becomes of the noised gradient. All of it is post-processing: it costs no privacy. */
export type Optimiser = Sgd | Adam;

/**
 * Random transforms of an example, of which its gradient is the mean (augmentation multiplicity, De et al. 2022). Clipping and
 * noise see one gradient an example, however many copies it is of: copies cost work and no privacy.
 */
export interface Augmentation {
  /** Transformed copies of each example in each step, from 1 to 64. */
  copies: number;
  /** Pictures are mirrored left to right, or not. */
  flip?: boolean | undefined;
  /** Pictures are moved by up to so many entries up or down and left or right; what comes in is 0. */
  shift?: number | undefined;
  /** Each input gets Gaussian noise of this standard deviation. It protects nobody. */
  jitter?: number | undefined;
}

/**
 * All that decides a training: data, no code. With the rows and the randomness root it fixes the result (to the bit, on
 * one engine with one thread).
 */
export interface TrainingJob {
  /** The model to train, an ONNX file; its initializers are the first weights. */
  graph: Uint8Array;
  loss: Loss;
  /** Where the loss `huber` turns from a square into a line, on the scale of the targets; 1 if left out. */
  huberDelta?: number | undefined;
  /** What the loss of an example counts, by its class. Public constants, never counted on private rows. All 1 if left out. */
  classWeights?: readonly number[] | undefined;
  /** Which parameters train, as `trainableBy` of onnx reads it: `all` if left out. */
  trainable?: string | undefined;
  augmentation?: Augmentation | undefined;
  optimiser: Optimiser;
  plan: PrivacyPlanJson;
  /** What each noised sum is divided by: sampling rate × the *declared* number of units. Public, unlike the size of a batch. */
  expectedBatch: number;
  /**
   * Rows of one graph call at most, each with all its copies: large graphs take them in several calls, which may run at the same time.
   * It bounds memory; with what probability a row is drawn and how often noise is added don't follow from it. Rows of one call are
   * added in single precision, which the noise has to cover: small micro-batches cost less.
   */
  microBatch: number;
  /** Steps between checkpoints. */
  checkpointEvery: number;
}
