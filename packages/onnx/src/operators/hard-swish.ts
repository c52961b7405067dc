import { dataTypes } from '../graph/data-type.ts';
import { elementwise } from './elementwise.ts';

/** x · min(1, max(0, x/6 + ½)); its derivative is 0 up to −3, x/3 + ½ between, 1 from 3 on (Howard et al. 2019). */
export const hardSwish = elementwise({
  op: 'HardSwish',
  flops: [5, 7],
  gradient: ({ build, inputs }, gradient) => {
    const x = inputs[0]!.name;
    const holds = (op: string, bound: number) =>
      build.emit('Cast', [build.emit(op, [x, build.scalar(bound)])], { to: dataTypes.float32.code });
    const line = build.emit('Add', [build.emit('Mul', [x, build.scalar(1 / 3)]), build.scalar(0.5)]);
    const risen = build.emit('Mul', [build.emit('Min', [line, build.scalar(1.5)]), holds('Greater', -3)]);
    const above = build.emit('Mul', [holds('GreaterOrEqual', 3), build.scalar(-0.5)]);
    return build.emit('Mul', [gradient, build.emit('Add', [risen, above])]);
  },
});
