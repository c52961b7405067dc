import { elementCount } from '../graph/element-count.ts';
import type { Loss } from './loss.ts';
import { meanOfExample } from './mean-of-example.ts';

/**
 * The mean over an example's outputs z, with targets t in [0, 1], of −t ln σ(z) − (1 − t) ln(1 − σ(z)), computed as
 * softplus(z) − t·z; gradient (σ(z) − t) / outputs. The same as PyTorch's BCEWithLogitsLoss on a batch of one.
 */
export const binaryCrossEntropyWithLogits: Loss = {
  name: 'binary-cross-entropy-with-logits',
  targetType: 'float32',
  targetDims: ({ dims }) => dims,
  flops: ({ dims }) => 24 * elementCount(dims),
  emit(build, output, target) {
    const softplus = build.emit('Softplus', [output.name]);
    const each = build.emit('Sub', [softplus, build.emit('Mul', [target, output.name])]);
    const slope = build.emit('Sub', [build.emit('Sigmoid', [output.name]), target]);
    return meanOfExample(build, output, each, slope);
  },
};
