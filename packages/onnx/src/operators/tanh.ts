import { elementwise } from './elementwise.ts';

/** tanh x, with derivative 1 − tanh² x. */
export const tanh = elementwise({
  op: 'Tanh',
  flops: [8, 3],
  gradient: ({ build, outputs }, gradient) => {
    const y = outputs[0]!.name;
    const slope = build.emit('Sub', [build.scalar(1), build.emit('Mul', [y, y])]);
    return build.emit('Mul', [gradient, slope]);
  },
});
