import { elementCount } from '../graph/element-count.ts';
import type { Loss } from './loss.ts';
import { meanOfExample } from './mean-of-example.ts';

/**
 * The mean over an example's outputs of ½·d² where |d| ≤ δ and δ·(|d| − ½·δ) beyond, with d = output − target: as PyTorch's
 * HuberLoss on a batch of one. No example's gradient by an output is longer than δ.
 */
export const huber: Loss = {
  name: 'huber',
  targetType: 'float32',
  targetDims: ({ dims }) => dims,
  flops: ({ dims }) => 8 * elementCount(dims),
  emit(build, output, target, { huberDelta = 1 }) {
    const difference = build.emit('Sub', [output.name, target]);
    const slope = build.emit('Clip', [difference, build.scalar(-huberDelta), build.scalar(huberDelta)]);
    // With s the slope, s·(d − ½·s) is both: ½·d² where s = d, and δ·(|d| − ½·δ) where s = ±δ.
    const half = build.emit('Mul', [slope, build.scalar(0.5)]);
    const each = build.emit('Mul', [slope, build.emit('Sub', [difference, half])]);
    return meanOfExample(build, output, each, slope);
  },
};
