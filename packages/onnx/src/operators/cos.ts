import { elementwise } from './elementwise.ts';

/** cos x, with derivative −sin x. */
export const cos = elementwise({
  op: 'Cos',
  flops: [8, 10],
  gradient: ({ build, inputs }, gradient) =>
    build.emit('Neg', [build.emit('Mul', [gradient, build.emit('Sin', [inputs[0]!.name])])]),
});
