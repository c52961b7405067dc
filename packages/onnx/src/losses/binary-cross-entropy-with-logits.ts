import { dataTypes } from '../graph/data-type.ts';
import { elementCount } from '../graph/element-count.ts';
import { floatTensor } from '../graph/tensor.ts';
import type { Loss } from './loss.ts';
import { meanOfExample } from './mean-of-example.ts';

/**
 * The mean over an example's outputs z, with targets t in [0, 1], of −t ln σ(z) − (1 − t) ln(1 − σ(z)); gradient
 * (σ(z) − t) / outputs. The same as PyTorch's BCEWithLogitsLoss on a batch of one.
 *
 * With class weights [w₀, w₁] both are multiplied by w₀ + (w₁ − w₀)·t, output by output.
 *
 * Computed as max(z, 0) − t·z + ln(1 + e^−|z|), which no z overflows, and in float64 since sums of σ(z) − t cancel.
 */
export const binaryCrossEntropyWithLogits: Loss = {
  name: 'binary-cross-entropy-with-logits',
  targetType: 'float32',
  targetDims: ({ dims }) => dims,
  flops: ({ dims }) => 24 * elementCount(dims),
  classes: () => 2,
  emit(build, output, target, { classWeights }) {
    const to = (type: 'float32' | 'float64', name: string) => build.emit('Cast', [name], { to: dataTypes[type].code });
    const [z, t] = [to('float64', output.name), to('float64', target)];
    const one = to('float64', build.constant(floatTensor([], [1])));
    const small = build.emit('Exp', [build.emit('Neg', [build.emit('Abs', [z])])]);
    const linear = build.emit('Sub', [build.emit('Relu', [z]), build.emit('Mul', [t, z])]);
    const each = build.emit('Add', [linear, build.emit('Log', [build.emit('Add', [one, small])])]);
    const slope = build.emit('Sub', [build.emit('Sigmoid', [z]), t]);
    const weighted = (name: string): string => {
      if (classWeights === undefined) return name;
      const [negative, positive] = classWeights.map((weight) =>
        to('float64', build.constant(floatTensor([], [weight]))),
      ) as [string, string];
      const rise = build.emit('Mul', [build.emit('Sub', [positive, negative]), t]);
      return build.emit('Mul', [name, build.emit('Add', [negative, rise])]);
    };
    return meanOfExample(build, output, to('float32', weighted(each)), to('float32', weighted(slope)));
  },
};
