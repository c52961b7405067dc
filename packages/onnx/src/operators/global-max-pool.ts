import { nodeError } from '../graph/node-error.ts';
import type { Operator, ShapeCall } from './operator.ts';
import { reduceMax } from './reduce-max.ts';

/** The largest entry over all axes after the second of [batch, channels, …]; the axes stay, with size 1. */
export const globalMaxPool: Operator = {
  op: 'GlobalMaxPool',
  inputs: [1, 1],
  attributes: [],
  shape(call) {
    const { dims } = call.inputs[0]!;
    if (dims.length < 3)
      throw nodeError(call.node, 'onnx.shape', `takes [batch, channels, …], not [${dims.join(', ')}]`);
    return reduceMax.shape(asReduction(call));
  },
  batch: (call) => reduceMax.batch(asReduction(call)),
  flops: (call) => reduceMax.flops(asReduction(call)),
  lower: (call, build) => reduceMax.lower!(asReduction(call), build),
  vjp: (call) => reduceMax.vjp!(asReduction(call)),
};

/** The call as one of ReduceMax. */
const asReduction = <C extends ShapeCall>(call: C): C => {
  const axes = call.inputs[0]!.dims.map((_, axis) => axis).slice(2);
  return { ...call, node: { ...call.node, attributes: new Map([['axes', { kind: 'ints', value: axes }]]) } };
};
