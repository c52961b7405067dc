import { reduction } from './reduction.ts';

/** The sum over some axes (all by default). */
export const reduceSum = reduction({
  op: 'ReduceSum',
  refusal: 'sums over the batch',
  gradient: (_, gradient) => gradient,
});
