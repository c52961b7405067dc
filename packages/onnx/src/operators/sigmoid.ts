import { elementwise } from './elementwise.ts';

/** 1 / (1 + e^−x), with derivative y (1 − y). */
export const sigmoid = elementwise({
  op: 'Sigmoid',
  flops: [6, 3],
  gradient: ({ build, outputs }, gradient) => {
    const y = outputs[0]!.name;
    const slope = build.emit('Mul', [y, build.emit('Sub', [build.scalar(1), y])]);
    return build.emit('Mul', [gradient, slope]);
  },
});
