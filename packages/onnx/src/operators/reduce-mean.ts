import { reducedCount, reduction } from './reduction.ts';

/** The mean over some axes (all by default). */
export const reduceMean = reduction({
  op: 'ReduceMean',
  refusal: 'takes the mean over the batch',
  gradient: (call, gradient) => call.build.emit('Mul', [gradient, call.build.scalar(1 / reducedCount(call))]),
});
