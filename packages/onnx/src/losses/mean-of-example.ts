import type { Builder } from '../build/builder.ts';
import { elementCount } from '../graph/element-count.ts';
import type { Value } from '../operators/operator.ts';
import type { EmittedLoss } from './loss.ts';

/** The loss that is the mean over an example's outputs of `each`, whose derivative by the output is `slope`. */
export function meanOfExample(build: Builder, { dims }: Value, each: string, slope: string): EmittedLoss {
  const axes = dims.map((_, i) => i).slice(1);
  const outputs = elementCount(dims.slice(1));
  return {
    loss: axes.length === 0 ? each : build.emit('ReduceMean', [each, build.ints(axes)], { keepdims: 0 }),
    gradient: outputs === 1 ? slope : build.emit('Mul', [slope, build.scalar(1 / outputs)]),
  };
}
