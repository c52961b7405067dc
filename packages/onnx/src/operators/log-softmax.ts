import { softmax, softmaxAxis } from './softmax.ts';
import type { Operator } from './operator.ts';

/** ln softmax along one axis (the last by default). Gradient: g − softmax · Σ g. */
export const logSoftmax: Operator = {
  ...softmax,
  op: 'LogSoftmax',
  vjp: (call) => {
    const { build, outputs, gradients } = call;
    const gradient = gradients[0]!;
    const sum = build.emit('ReduceSum', [gradient, build.ints([softmaxAxis(call)])], { keepdims: 1 });
    return [build.emit('Sub', [gradient, build.emit('Mul', [build.emit('Exp', [outputs[0]!.name]), sum])])];
  },
};
