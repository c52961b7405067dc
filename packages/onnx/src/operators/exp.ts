import { elementwise } from './elementwise.ts';

/** e^x, its own derivative. */
export const exp = elementwise({
  op: 'Exp',
  flops: [8, 1],
  gradient: ({ build, outputs }, gradient) => build.emit('Mul', [gradient, outputs[0]!.name]),
});
