import { elementwise } from './elementwise.ts';

/** sin x, with derivative cos x. */
export const sin = elementwise({
  op: 'Sin',
  flops: [8, 9],
  gradient: ({ build, inputs }, gradient) => build.emit('Mul', [gradient, build.emit('Cos', [inputs[0]!.name])]),
});
