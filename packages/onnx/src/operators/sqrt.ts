import { elementwise } from './elementwise.ts';

/** √x, with derivative 1 / (2 √x). */
export const sqrt = elementwise({
  op: 'Sqrt',
  flops: [4, 5],
  gradient: ({ build, outputs }, gradient) =>
    build.emit('Div', [build.emit('Mul', [gradient, build.scalar(0.5)]), outputs[0]!.name]),
});
