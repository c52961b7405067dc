import { attribute } from '../graph/attributes.ts';
import { bySign } from './by-sign.ts';
import { elementwise } from './elementwise.ts';

/** x above 0, alpha · x (0.01 by default) below. The gradient at 0 is alpha, as in PyTorch. */
export const leakyRelu = elementwise({
  op: 'LeakyRelu',
  attributes: ['alpha'],
  flops: [2, 2],
  gradient: (call, gradient) => {
    const { build, node } = call;
    const slope = bySign(call, build.scalar(1), build.scalar(attribute(node, 'alpha', 'float') ?? 0.01));
    return build.emit('Mul', [gradient, slope]);
  },
});
