import { attribute } from '../graph/attributes.ts';
import { bySign } from './by-sign.ts';
import { elementwise } from './elementwise.ts';

/** gamma · x above 0, gamma · alpha · (e^x − 1) below, where the derivative is y + gamma · alpha (Klambauer et al. 2017). */
export const selu = elementwise({
  op: 'Selu',
  attributes: ['alpha', 'gamma'],
  flops: [11, 3],
  gradient: (call, gradient) => {
    const { build, node, outputs } = call;
    const alpha = attribute(node, 'alpha', 'float') ?? 1.6732632423543772;
    const gamma = attribute(node, 'gamma', 'float') ?? 1.0507009873554805;
    const below = build.emit('Add', [outputs[0]!.name, build.scalar(alpha * gamma)]);
    return build.emit('Mul', [gradient, bySign(call, build.scalar(gamma), below)]);
  },
});
