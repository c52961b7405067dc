import { elementwise } from './elementwise.ts';

/** −x. */
export const neg = elementwise({
  op: 'Neg',
  flops: [1, 1],
  gradient: ({ build }, gradient) => build.emit('Neg', [gradient]),
});
