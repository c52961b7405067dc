import { elementCount } from '../graph/element-count.ts';
import type { Loss } from './loss.ts';
import { meanOfExample } from './mean-of-example.ts';

/** The mean over an example's outputs of (output − target)², as PyTorch's MSELoss on a batch of one; no factor ½. */
export const meanSquaredError: Loss = {
  name: 'mean-squared-error',
  targetType: 'float32',
  targetDims: ({ dims }) => dims,
  flops: ({ dims }) => 5 * elementCount(dims),
  emit(build, output, target) {
    const difference = build.emit('Sub', [output.name, target]);
    return meanOfExample(
      build,
      output,
      build.emit('Mul', [difference, difference]),
      build.emit('Mul', [difference, build.scalar(2)]),
    );
  },
};
