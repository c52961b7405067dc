import { elementwise } from './elementwise.ts';

/** 1 / x, with derivative −y². */
export const reciprocal = elementwise({
  op: 'Reciprocal',
  flops: [1, 3],
  gradient: ({ build, outputs }, gradient) => {
    const y = outputs[0]!.name;
    return build.emit('Neg', [build.emit('Mul', [gradient, build.emit('Mul', [y, y])])]);
  },
});
