import { elementwise } from './elementwise.ts';

/** |x|. The gradient at 0 is 0, as in PyTorch. */
export const abs = elementwise({
  op: 'Abs',
  flops: [1, 2],
  gradient: ({ build, inputs }, gradient) => build.emit('Mul', [gradient, build.emit('Sign', [inputs[0]!.name])]),
});
