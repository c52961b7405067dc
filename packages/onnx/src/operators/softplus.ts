import { elementwise } from './elementwise.ts';

/** ln(1 + e^x), with derivative sigmoid x. */
export const softplus = elementwise({
  op: 'Softplus',
  flops: [10, 7],
  gradient: ({ build, inputs }, gradient) => build.emit('Mul', [gradient, build.emit('Sigmoid', [inputs[0]!.name])]),
});
