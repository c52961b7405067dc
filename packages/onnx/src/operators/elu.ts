import { attribute } from '../graph/attributes.ts';
import { bySign } from './by-sign.ts';
import { elementwise } from './elementwise.ts';

/** x above 0, alpha · (e^x − 1) below, where the derivative is y + alpha. */
export const elu = elementwise({
  op: 'Elu',
  attributes: ['alpha'],
  flops: [10, 3],
  gradient: (call, gradient) => {
    const { build, node, outputs } = call;
    const alpha = build.scalar(attribute(node, 'alpha', 'float') ?? 1);
    const below = build.emit('Add', [outputs[0]!.name, alpha]);
    return build.emit('Mul', [gradient, bySign(call, build.scalar(1), below)]);
  },
});
