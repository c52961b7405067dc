/** All that a run carries from step to step: flat arrays over all trainable parameters, in the order of the compiled step. */
export interface TrainingState {
  /** Steps taken; also the number of the next step. */
  step: number;
  /** Master weights in double precision: many small updates don't drown in rounding. */
  weights: Float64Array;
  /** The momentum's velocity, or Adam's first moment. */
  velocity: Float64Array;
  /** Adam's second moment; null for other optimisers. */
  second: Float64Array | null;
  /** Running mean of the noise's variance in an entry of the gradient, with Adam's decay: public. 0 for other optimisers. */
  noiseVariance: number;
  /** The clip norm of the next step. */
  clipNorm: number;
  /** What correlated noise remembers of the steps before, as private as the rows; null where noise is fresh in each step. */
  window: Float64Array | null;
  /** The average that will be released; null when the weights of the last step are. */
  average: Float64Array | null;
}
