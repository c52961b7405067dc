import { attribute } from '../graph/attributes.ts';
import { dataTypes } from '../graph/data-type.ts';
import { elementwise } from './elementwise.ts';

/** min(1, max(0, alpha · x + beta)), 0.2 and 0.5 by default; its derivative is alpha inside and 0 outside. */
export const hardSigmoid = elementwise({
  op: 'HardSigmoid',
  attributes: ['alpha', 'beta'],
  flops: [4, 4],
  gradient: ({ build, node, outputs }, gradient) => {
    const y = outputs[0]!.name;
    const inside = build.emit('And', [
      build.emit('Greater', [y, build.scalar(0)]),
      build.emit('Less', [y, build.scalar(1)]),
    ]);
    const alpha = build.scalar(attribute(node, 'alpha', 'float') ?? 0.2);
    const slope = build.emit('Mul', [build.emit('Cast', [inside], { to: dataTypes.float32.code }), alpha]);
    return build.emit('Mul', [gradient, slope]);
  },
});
