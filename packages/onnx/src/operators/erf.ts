import { elementwise } from './elementwise.ts';

/** The error function, with derivative 2/√π · e^(−x²). */
export const erf = elementwise({
  op: 'Erf',
  flops: [12, 12],
  gradient: ({ build, inputs }, gradient) => {
    const x = inputs[0]!.name;
    const bell = build.emit('Exp', [build.emit('Neg', [build.emit('Mul', [x, x])])]);
    return build.emit('Mul', [gradient, build.emit('Mul', [bell, build.scalar(2 / Math.sqrt(Math.PI))])]);
  },
});
