import type { GradientCall } from './operator.ts';

/** `above` where the first input is above 0, else the value `below`. */
export const bySign = (call: GradientCall, above: string, below: string): string =>
  call.build.emit('Where', [call.build.emit('Greater', [call.inputs[0]!.name, call.build.scalar(0)]), above, below]);
