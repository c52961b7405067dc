import { elementwise } from './elementwise.ts';

/** ln x, with derivative 1 / x. */
export const log = elementwise({
  op: 'Log',
  flops: [8, 1],
  gradient: ({ build, inputs }, gradient) => build.emit('Div', [gradient, inputs[0]!.name]),
});
