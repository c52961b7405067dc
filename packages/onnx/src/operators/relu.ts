import { dataTypes } from '../graph/data-type.ts';
import { elementwise } from './elementwise.ts';

/** max(x, 0). The gradient at 0 is 0, as in PyTorch. */
export const relu = elementwise({
  op: 'Relu',
  flops: [1, 2],
  gradient: ({ build, outputs }, gradient) => {
    const positive = build.emit('Greater', [outputs[0]!.name, build.scalar(0)]);
    return build.emit('Mul', [build.emit('Cast', [positive], { to: dataTypes.float32.code }), gradient]);
  },
});
