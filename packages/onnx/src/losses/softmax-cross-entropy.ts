import { onnxError } from '../errors.ts';
import { dataTypes } from '../graph/data-type.ts';
import { elementCount } from '../graph/element-count.ts';
import { floatTensor, intTensor } from '../graph/tensor.ts';
import type { Loss } from './loss.ts';

/**
 * −ln softmax(output)[label] of outputs [batch, classes] and int64 labels [batch]; gradient softmax(output) − onehot(label).
 *
 * Computed in float64: the gradients of an output bias are differences of nearly equal numbers, and their sum over the batch
 * cancels again. An example whose label is not a class has no valid target. With class weights w both are multiplied by
 * w[label], whatever the weights of the other examples: PyTorch's, by its reduction `sum`.
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
  classes: ({ dims }) => dims[1]!,
  emit(build, output, target, { classWeights }) {
    const to = (type: 'float32' | 'float64', name: string) => build.emit('Cast', [name], { to: dataTypes[type].code });
    const logarithms = build.emit('LogSoftmax', [to('float64', output.name)], { axis: 1 });
    const count = output.dims[1]!;
    const classes = build.constant(
      intTensor(
        [1, count],
        Array.from({ length: count }, (_, i) => i),
      ),
    );
    const hit = build.emit('Equal', [build.emit('Unsqueeze', [target, build.ints([1])]), classes]);
    const onehot = to('float64', hit);
    const picked = build.emit('ReduceSum', [build.emit('Mul', [logarithms, onehot]), build.ints([1])], { keepdims: 0 });
    const loss = build.emit('Neg', [picked]);
    const gradient = build.emit('Sub', [build.emit('Exp', [logarithms]), onehot]);
    // By the one-hot row, since looking a label up that is none would stop the step.
    const weightOf = (keepdims: number) =>
      build.emit(
        'ReduceSum',
        [
          build.emit('Mul', [onehot, to('float64', build.constant(floatTensor([1, count], classWeights!)))]),
          build.ints([1]),
        ],
        { keepdims },
      );
    const weighted = (name: string, keepdims: number) =>
      classWeights === undefined ? name : build.emit('Mul', [name, weightOf(keepdims)]);
    return {
      loss: to('float32', weighted(loss, 0)),
      gradient: to('float32', weighted(gradient, 1)),
      valid: build.emit('And', [
        build.emit('GreaterOrEqual', [target, build.constant(intTensor([], [0]))]),
        build.emit('Less', [target, build.constant(intTensor([], [count]))]),
      ]),
    };
  },
};
