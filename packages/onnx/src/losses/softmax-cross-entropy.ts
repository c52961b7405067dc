import { onnxError } from '../errors.ts';
import { elementCount } from '../graph/element-count.ts';
import { intTensor } from '../graph/tensor.ts';
import { floatTensor } from '../graph/tensor.ts';
import type { Loss } from './loss.ts';

/**
 * −ln softmax(output)[label] of outputs [batch, classes] and int64 labels [batch]; gradient softmax(output) − onehot(label).
 *
 * An example whose label is not a class has no valid target.
 */
export const softmaxCrossEntropy: Loss = {
  name: 'softmax-cross-entropy',
  targetType: 'int64',
  targetDims({ name, dims }) {
    if (dims.length !== 2 || dims[1]! < 2) {
      throw onnxError({
        code: 'onnx.badRequest',
        message: `Softmax cross-entropy needs an output of shape [batch, classes], not [${dims.join(', ')}].`,
        place: `output "${name}"`,
        hint: 'Use binary-cross-entropy-with-logits for one output',
      });
    }
    return [dims[0]!];
  },
  flops: ({ dims }) => 16 * elementCount(dims),
  emit(build, output, target) {
    const classes = output.dims[1]!;
    const logits = build.emit('LogSoftmax', [output.name], { axis: 1 });
    const count = build.constant(intTensor([], [classes]));
    const onehot = build.emit('OneHot', [target, count, build.constant(floatTensor([2], [0, 1]))], { axis: 1 });
    const picked = build.emit('ReduceSum', [build.emit('Mul', [logits, onehot]), build.ints([1])], { keepdims: 0 });
    const inRange = build.emit('And', [
      build.emit('GreaterOrEqual', [target, build.constant(intTensor([], [0]))]),
      build.emit('Less', [target, count]),
    ]);
    return {
      loss: build.emit('Neg', [picked]),
      gradient: build.emit('Sub', [build.emit('Exp', [logits]), onehot]),
      valid: inRange,
    };
  },
};
