import type { PrivacyPlanJson } from '@encryptech/privacy';

/** The loss of one example; what is trained is its sum over the batch. */
export type Loss = 'softmax-cross-entropy' | 'binary-cross-entropy-with-logits' | 'mean-squared-error';

/** How the released weights follow from the weights after each step. All of it is post-processing: it costs no privacy. */
export type Averaging =
  /** The weights after the last step. */
  | { kind: 'none' }
  /** Exponential moving average; the decay of step t is at most (1 + t) / (10 + t), so that the start is forgotten. */
  | { kind: 'ema'; decay: number }
  /** Mean of the weights after step `fromStep` (counted from 0) and each later one (Polyak–Ruppert). */
  | { kind: 'tail'; fromStep: number };

/** Stochastic gradient descent: v ← momentum · v + g, w ← w − rate(step) · v, with v = 0 at first. */
export interface Optimiser {
  kind: 'sgd';
  learningRate: number;
  momentum: number;
  averaging: Averaging;
  /** The learning rate over the steps: constant if left out, or falling to zero in a line or half a cosine. */
  schedule?: 'constant' | 'linear' | 'cosine' | undefined;
}

/**
 * All that decides a training: data, no code. With the rows and the randomness root it fixes the result (to the bit, on
 * one engine with one thread).
 */
export interface TrainingJob {
  /** The model to train, an ONNX file; its initializers are the first weights. */
  graph: Uint8Array;
  loss: Loss;
  optimiser: Optimiser;
  plan: PrivacyPlanJson;
  /** What each noised sum is divided by: sampling rate × the *declared* number of units. Public, unlike the size of a batch. */
  expectedBatch: number;
  /**
   * Rows of one graph call. It bounds memory; with what probability a row is drawn and how often noise is added don't follow
   * from it. Rows of one call are added in single precision, which the noise has to cover: small micro-batches cost less.
   */
  microBatch: number;
  /** Steps between checkpoints. */
  checkpointEvery: number;
}
