import { keptDims, reduction } from './reduction.ts';

/** The Euclidean length over some axes (all by default), with gradient x / y. */
export const reduceL2 = reduction({
  op: 'ReduceL2',
  refusal: 'takes the length over the batch',
  gradient: (call, gradient) => {
    const { build, inputs, outputs } = call;
    const [x, y] = [inputs[0]!, outputs[0]!.name];
    const kept = build.emit('Reshape', [y, build.ints(keptDims(call))]);
    return build.emit('Mul', [x.name, build.emit('Div', [gradient, kept])]);
  },
});
