/** All that a run carries from step to step: one flat array over all trainable parameters, in the order of the compiled step. */
export interface TrainingState {
  /** Steps taken; also the number of the next step. */
  step: number;
  /** Master weights in double precision: many small updates don't drown in rounding. */
  weights: Float64Array;
  velocity: Float64Array;
  /** The average that will be released; null when the weights of the last step are. */
  average: Float64Array | null;
}
